-- Rows and subjects of the facts, and of the verdicts that were written of them.
SELECT
  (SELECT count(*) FROM query_table($facts)),
  (SELECT count(DISTINCT subject_id) FROM query_table($facts)),
  count(*),
  count(DISTINCT subject_id)
FROM read_parquet($path)
