-- One row per case that is open on the night, with this state's part in it.
SELECT
  case_id,
  obligor_id                                                   AS person_id,
  office,
  interstate,
  case_class                                                   AS part,
  1                                                            AS counted,
  'caseload.cases@' || source_file || ':' || source_line       AS src
FROM caseload.cases
WHERE status = 'open'
