-- One row per open case that has no support order.
SELECT
  case_id,
  obligor_id                                                   AS person_id,
  office,
  case_class                                                   AS part,
  1                                                            AS counted,
  'caseload.cases@' || source_file || ':' || source_line       AS src
FROM caseload.cases
WHERE status = 'open'
  AND case_id NOT IN (SELECT case_id FROM caseload.orders WHERE coalesce(entered_on <= $as_of, true))
