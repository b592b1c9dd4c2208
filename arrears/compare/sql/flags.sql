-- Flags by remedy and office, as it was and as it would be.
SELECT
  remedy,
  office,
  count(*) FILTER (world = 'was') AS flags_was,
  count(*) FILTER (world = 'now') AS flags_now
FROM (
  SELECT 'was' AS world, remedy, office FROM lines.was WHERE enter_verdict = 'flag'
  UNION ALL
  SELECT 'now', remedy, office FROM lines.now WHERE enter_verdict = 'flag'
)
WHERE $remedy IS NULL OR remedy = $remedy
GROUP BY remedy, office
