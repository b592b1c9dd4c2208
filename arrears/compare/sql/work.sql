-- Lines of the work list that come, go or change, by kind.
SELECT
  kind,
  any_value(title) AS title,
  count(*) FILTER (was IS NULL) AS lines_more,
  count(*) FILTER (now IS NULL) AS lines_fewer,
  count(*) FILTER (was IS NOT NULL AND now IS NOT NULL) AS lines_changed,
  any_value(minutes) AS minutes_each,
  CAST(coalesce(sum(more_minutes), 0) AS BIGINT) AS more_minutes
FROM moved
WHERE is_within(CAST($offices AS VARCHAR[]), office, case_id, person_id) AND list = 'work'
GROUP BY kind
ORDER BY kind
