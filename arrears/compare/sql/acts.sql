-- Acts that come, go or change, by remedy, step and what they say.
SELECT
  remedy,
  kind AS step,
  coalesce(now, was) AS says,
  count(*) FILTER (was IS NULL) AS acts_more,
  count(*) FILTER (now IS NULL) AS acts_fewer,
  count(*) FILTER (was IS NOT NULL AND now IS NOT NULL) AS acts_changed
FROM moved
WHERE is_within(CAST($offices AS VARCHAR[]), office, case_id, person_id) AND list = 'act'
GROUP BY ALL
ORDER BY ALL
