-- One row per answer that is no quarter's wages; the first true column is the reason it is set aside.
SELECT
  'response' AS record,
  source_line,
  try_cast(qw_reporting_year || '-01-01' AS DATE) IS NULL OR coalesce(qw_reporting_quarter NOT IN ('1', '2', '3', '4'), true)
    AS "wages without their year and quarter",
  -- The directory's own advice: a wage record with an incomplete name is looked at, not acted on.
  coalesce(name_matched_ind = '4', false)
    AS "the name on the wages is incomplete",
  qw_ssn_match_code IN ('C', 'M', 'X') AND corrected_or_multiple_ssn IS NULL
    AS "matched on another number, which is missing"
FROM response
