-- One row per error; the first true column is the reason it is set aside.
SELECT
  'error' AS record,
  source_line,
  local_case_id IS NULL
    AS "no case number: the transaction cannot be found"
FROM error
