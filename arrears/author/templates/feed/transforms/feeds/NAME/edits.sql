-- One row per record; the first true column is the reason why a line that reads well is set aside all the same.
SELECT
  'item' AS record,
  source_line,
  NOT regexp_matches(reference, '^[A-Z0-9]')
    AS "a reference that begins with neither a letter nor a digit"
FROM item
