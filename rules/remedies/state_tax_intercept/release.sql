-- One row per person who owes: must the claim be withdrawn?
SELECT
  subject_id,
  owed_cents = 0 OR NOT has_open_case OR identity_has_failed                       AS paid_or_not_ours_to_claim
FROM facts.state_claim_facts
