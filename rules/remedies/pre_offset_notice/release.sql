-- One row per person and kind of debt: is what the notice was about over?
SELECT
  subject_id,
  owed_cents = 0 OR (offset_notice_has_run AND not_told_cents = 0)
    OR NOT has_open_case OR identity_has_failed                                    AS nothing_to_be_told_of
FROM facts.federal_facts
