-- One row per case that was opened in the period at another state's request.
SELECT
  case_id,
  obligor_id                                                   AS person_id,
  office,
  case_class                                                   AS part,
  1                                                            AS counted,
  'caseload.cases@' || source_file || ':' || source_line       AS src
FROM caseload.cases
WHERE interstate = 'responding' AND opened_on BETWEEN $from_on AND $to_on
