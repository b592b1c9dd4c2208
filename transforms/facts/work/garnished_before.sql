-- One row per person and payor on whose pay somebody else has a garnishment: what comes before support takes of each pay.
-- Where it is not told whether one comes before, or what it takes, that is not known, and what is told is the least.
SELECT
  person_id,
  fein,
  -- One cycle: the pay of one payor.
  CAST(coalesce(sum(garnished_cents) FILTER (comes_before), 0) AS BIGINT)   AS stated_cents,
  bool_and(NOT comes_before OR (comes_before AND garnished_cents IS NOT NULL)) AS is_known,
  string_agg('caseload.garnishments@' || source_file || ':' || source_line, ';' ORDER BY source_file, source_line) AS src
FROM caseload.garnishments
WHERE coalesce(from_on <= $as_of, true) AND coalesce(to_on >= $as_of, true)
GROUP BY person_id, fein
