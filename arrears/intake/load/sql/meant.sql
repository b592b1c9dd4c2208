-- Whom orphans and lines at fault may mean. A line at fault may have lost its zeros as well.
SELECT table_name, case_id, person_id FROM traced
UNION
SELECT DISTINCT table_name, case_id, person_id
FROM query_table($orphans)
WHERE case_id IS NOT NULL OR person_id IS NOT NULL
UNION
SELECT table_name, NULL, NULL FROM query_table($orphans) WHERE is_of_everybody
UNION
SELECT table_name, core_cases.id, core_persons.id
FROM (
  SELECT
    table_name,
    CASE WHEN case_id NOT IN (SELECT case_id FROM query_table($cases)) THEN case_id END AS case_id,
    CASE WHEN person_id NOT IN (SELECT person_id FROM query_table($persons)) THEN person_id END AS person_id
  FROM query_table($rejected)
) AS bad
LEFT JOIN core_cases ON core_cases.core = core_of(bad.case_id)
LEFT JOIN core_persons ON core_persons.core = core_of(bad.person_id)
WHERE core_cases.id IS NOT NULL OR core_persons.id IS NOT NULL
