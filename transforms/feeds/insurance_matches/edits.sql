-- One row per claim; the first true column is the reason it is set aside.
SELECT
  'match' AS record,
  source_line,
  obligor_ssn IS NULL
    AS "the number of the debtor is missing"
FROM match
