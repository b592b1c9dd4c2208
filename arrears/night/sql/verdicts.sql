-- How many subjects each remedy flags, clears and does not know, and of how many guide and statute disagree.
SELECT
  filename,
  count(*) FILTER (verdict = 'flag') AS flag,
  count(*) FILTER (verdict = 'clear') AS clear,
  count(*) FILTER (verdict = 'unknown') AS unknown,
  count(*) FILTER (readings_differ) AS readings_differ
FROM read_parquet($verdicts, union_by_name = true, filename = true)
GROUP BY filename
