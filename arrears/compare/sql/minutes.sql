-- The work that comes and goes.
SELECT
  count(*) FILTER (list = 'work' AND was IS NULL) AS lines_more,
  count(*) FILTER (list = 'work' AND now IS NULL) AS lines_fewer,
  CAST(coalesce(sum(more_minutes), 0) AS BIGINT) AS more_minutes,
  count(*) FILTER (list = 'work' AND minutes IS NULL) AS lines_without_minutes
FROM moved
WHERE is_within(CAST($offices AS VARCHAR[]), office, case_id, person_id)
