-- One row per case and month: does something of its current support pass through?
SELECT
  subject_id,
  case_is_open                                                                     AS case_open,
  family_is_on_assistance                                                          AS on_assistance,
  passed_cents > 0                                                                 AS something_passes
FROM facts.pass_through_facts
