-- One row per quarter; the first true column is the reason it is set aside.
SELECT
  'record' AS record,
  source_line,
  year NOT BETWEEN '1990' AND '2099'
    AS "the quarter is of no year",
  amount IS NULL OR amount = 0
    AS "nothing was earned or paid",
  record_kind = 'WG' AND employer_name IS NULL
    AS "wages without who pays them"
FROM record
