-- How many lines of each list either run has, by the office that may see them: of verdicts those that flag.
WITH sides AS (
  SELECT true AS is_first, * FROM query_table($first)
  UNION ALL
  SELECT false, * FROM query_table($second)
)
SELECT
  list, office,
  any_value(case_id) AS case_id,
  any_value(person_id) AS person_id,
  count(*) FILTER (is_first) AS was,
  count(*) FILTER (NOT is_first) AS now
FROM sides
WHERE list <> 'verdict' OR enter_verdict = 'flag'
GROUP BY list, office, case_id IS NULL AND person_id IS NULL
