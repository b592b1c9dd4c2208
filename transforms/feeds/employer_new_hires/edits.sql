-- One row per answer that is no new hire; the first true column is the reason it is set aside.
SELECT
  'response' AS record,
  source_line,
  source_agency_code = 'H01' AND match_type = 'L' AND locate_response_code IS NOT NULL
    AS "the directory has no data; the request is answered",
  source_agency_code = 'H01' AND (match_type <> 'L' OR locate_response_code IS NULL)
    AS "an answer without data whose match type or response code does not say so",
  source_agency_code IN ('H97', 'H98')
    AS "wages or unemployment, not a new hire",
  source_agency_code = 'H99' AND w4_date_of_hire IS NULL
    AS "a new hire without its date",
  w4_ssn_match_code IN ('C', 'M', 'X') AND coalesce(ltrim(corrected_or_multiple_ssn, '0'), '') = ''
    AS "matched on another number, which is missing"
FROM response
