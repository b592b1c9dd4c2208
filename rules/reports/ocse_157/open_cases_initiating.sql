-- One row per open interstate case that this state started with another one.
SELECT
  case_id,
  obligor_id                                                   AS person_id,
  office,
  case_class                                                   AS part,
  1                                                            AS counted,
  'caseload.cases@' || source_file || ':' || source_line       AS src
FROM caseload.cases
WHERE status = 'open' AND interstate = 'initiating'
