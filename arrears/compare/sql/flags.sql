-- Flags by remedy and office, as it was and as it would be. What is about a person belongs to the office of that person.
SELECT
  flag.remedy,
  coalesce(flag.office, person.office) AS office,
  count(*) FILTER (flag.world = 'was') AS flags_was,
  count(*) FILTER (flag.world = 'now') AS flags_now
FROM (
  SELECT 'was' AS world, * FROM query($was_flags)
  UNION ALL
  SELECT 'now', * FROM query($now_flags)
) AS flag
LEFT JOIN read_parquet($persons) AS person ON person.subject_id = flag.person_id
WHERE $remedy IS NULL OR flag.remedy = $remedy
GROUP BY ALL
