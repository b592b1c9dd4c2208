-- One row per answer; the first true column is the reason it is set aside.
SELECT
  'match' AS record,
  source_line,
  other_status IS NOT NULL
    AS "a status stands where a match has none: no answer of a match"
FROM match
