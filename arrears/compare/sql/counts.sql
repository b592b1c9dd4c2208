-- Lines that appeared, went or changed, by list, remedy, kind and cause, and the dollars that they are apart.
SELECT
  list,
  remedy,
  kind,
  cause,
  count(*) AS lines,
  count(*) FILTER (was IS NULL) AS appeared,
  count(*) FILTER (now IS NULL) AS gone,
  CAST(coalesce(sum(coalesce(now_cents, 0) - coalesce(was_cents, 0)), 0) AS BIGINT) AS more_cents
FROM line
WHERE is_within(CAST($offices AS VARCHAR[]), office, case_id, person_id)
GROUP BY ALL
ORDER BY ALL
