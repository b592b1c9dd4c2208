-- One row per case and month: may what the accounts were told of it be restated?
SELECT
  subject_id,
  case_is_open                                                                     AS case_open,
  family_is_on_assistance                                                          AS on_assistance,
  passed_cents >= 0                                                                AS month_counted
FROM facts.pass_through_facts
