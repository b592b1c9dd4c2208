-- One row per claim to money: must the payer be told to let it go?
SELECT
  subject_id,
  owed_cents = 0 OR is_paid_out OR claim_hearing_is_won OR identity_has_failed OR NOT has_open_case AS paid_or_not_ours_to_claim
FROM facts.lump_sum_facts
