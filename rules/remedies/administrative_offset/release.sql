-- One row per person and kind of debt: may other federal payments no longer be offset?
SELECT
  subject_id,
  owed_cents = 0 OR NOT has_open_case OR identity_has_failed OR administrative_is_exempted AS paid_or_not_ours_to_submit
FROM facts.federal_facts
