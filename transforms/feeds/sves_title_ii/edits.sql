-- One row per answer on Title II; the first true column is the reason it is set aside.
SELECT
  'title_ii' AS record,
  source_line,
  coalesce(locate_response_code = '09', false)
    AS "the Social Security Administration could not be reached",
  coalesce(multiple_ssn_ind IN ('M', 'X'), false) AND coalesce(ltrim(multiple_ssn, '0'), '') = ''
    AS "matched on another number, which is missing",
  ledger_account_file_code IS NULL AND date_of_death IS NULL
    AS "a claim that does not say whether it is paid"
FROM title_ii
UNION ALL BY NAME
SELECT
  'pending' AS record,
  source_line,
  coalesce(ssn_match_code = 'M', false) AND coalesce(ltrim(other_ssn, '0'), '') = ''
    AS "matched on another number, which is missing"
FROM pending
