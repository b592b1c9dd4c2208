-- One row per person and kind of debt: may refunds no longer be used?
SELECT
  subject_id,
  owed_cents = 0 OR NOT has_open_case OR identity_has_failed                       AS paid_or_not_ours_to_submit
FROM facts.federal_facts
