-- One row per answer; the first true column is the reason it is set aside.
SELECT
  'answer' AS record,
  source_line,
  agency_group = 'H' AND agency_number = '01' AND coalesce(response_code NOT IN ('06', '10', '39'), true)
    AS "an answer without data whose response code does not say so"
FROM answer
