-- One row per error; the first true column is the reason it is set aside.
SELECT
  'error' AS record,
  source_line,
  error_reason IS NULL
    AS "an error without its reason"
FROM error
