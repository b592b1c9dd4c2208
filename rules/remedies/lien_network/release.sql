-- One row per parent who owes: must it be taken out?
SELECT
  subject_id,
  owed_cents = 0 OR NOT has_open_case OR identity_has_failed                       AS paid_or_not_ours_to_claim
FROM facts.registry_facts
