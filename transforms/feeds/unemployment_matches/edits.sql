-- One row per answer that is no quarter's benefit; the first true column is the reason it is set aside.
SELECT
  'response' AS record,
  source_line,
  try_cast(ui_reporting_year || '-01-01' AS DATE) IS NULL OR coalesce(ui_reporting_quarter NOT IN ('1', '2', '3', '4'), true)
    AS "a benefit without its year and quarter",
  ui_ssn_match_code IN ('C', 'M', 'X') AND coalesce(ltrim(corrected_or_multiple_ssn, '0'), '') = ''
    AS "matched on another number, which is missing"
FROM response
