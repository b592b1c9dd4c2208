-- One row per case: is nothing left to keep?
SELECT
  subject_id,
  overpaid_cents = 0 OR family_is_on_assistance OR NOT recoupment_percent_is_set   AS recovered
FROM facts.money_facts
