-- One row per person and kind of debt: is there nothing more to be told of?
SELECT
  subject_id,
  owed_cents = 0 OR not_told_cents = 0 OR NOT has_open_case OR identity_has_failed AS nothing_more_to_be_told_of
FROM facts.federal_facts
