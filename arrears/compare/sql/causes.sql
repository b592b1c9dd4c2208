-- Lines and persons by cause.
SELECT
  cause,
  count(*) AS lines,
  count(DISTINCT person_id) AS persons,
  count(*) FILTER (list = 'verdict') AS verdicts,
  count(*) FILTER (list = 'act') AS acts,
  count(*) FILTER (list = 'work') AS work
FROM line
WHERE is_within(CAST($offices AS VARCHAR[]), office, case_id, person_id)
GROUP BY cause
ORDER BY list_position($order, cause)
