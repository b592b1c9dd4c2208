-- One row per answer that is no quarter's wages; the first true column is the reason it is set aside.
SELECT
  'response' AS record,
  source_line,
  try_cast(qw_reporting_year || '-01-01' AS DATE) IS NULL OR coalesce(qw_reporting_quarter NOT IN ('1', '2', '3', '4'), true)
    AS "wages without their year and quarter",
  qw_ssn_match_code IN ('C', 'M', 'X') AND coalesce(ltrim(corrected_or_multiple_ssn, '0'), '') = ''
    AS "matched on another number, which is missing"
FROM response
