-- One row per table of the caseload of which rows name a case, a person or another row that the extract lacks.
SELECT
  table_name                                                              AS subject_id,
  CAST(NULL AS VARCHAR)                                                   AS case_id,
  CAST(NULL AS VARCHAR)                                                   AS person_id,
  CAST(NULL AS VARCHAR)                                                   AS office,
  CAST(NULL AS VARCHAR)                                                   AS worker,
  table_name                                                              AS orphan_table,
  list(DISTINCT column_name ORDER BY column_name)                         AS orphan_columns,
  count(DISTINCT (source_file, source_line))                              AS orphan_rows,
  count(DISTINCT case_id)                                                 AS orphan_cases,
  count(DISTINCT person_id)                                               AS orphan_persons,
  bool_or(is_of_everybody)                                                AS orphans_mean_everybody,
  'caseload.' || table_name || '@' || min_by(source_file || ':' || source_line, (source_file, source_line)) AS orphan_src
FROM caseload.orphans
GROUP BY table_name
