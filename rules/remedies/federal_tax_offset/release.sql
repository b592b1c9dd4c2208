-- One row per person and kind of debt: must the record be deleted?
SELECT
  subject_id,
  owed_cents = 0 OR NOT has_open_case OR identity_has_failed                       AS paid_or_not_ours_to_submit
FROM facts.person_debt_facts
