-- How often a part of a remedy said each verdict, and of how many guide and statute disagree.
SELECT
  verdict,
  count(*) AS subjects,
  count(*) FILTER (readings_differ) AS parted
FROM read_parquet($path)
GROUP BY verdict
