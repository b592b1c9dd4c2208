-- One row per record held; the first true column is the reason it is set aside.
SELECT
  'record' AS record,
  source_line,
  case_type NOT IN ('A', 'N')
    AS "no kind of debt: the record cannot be found",
  case_id IS NULL
    AS "no person number: the record cannot be found"
FROM record
