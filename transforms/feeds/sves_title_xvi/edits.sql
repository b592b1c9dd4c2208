-- One row per answer on Title XVI; the first true column is the reason it is set aside.
SELECT
  'title_xvi' AS record,
  source_line,
  coalesce(locate_response_code = '09', false)
    AS "the Social Security Administration could not be reached",
  coalesce(multiple_ssn_ind IN ('M', 'X'), false) AND coalesce(ltrim(multiple_ssn, '0'), '') = ''
    AS "matched on another number, which is missing",
  coalesce(current_payment_status, payment_status) IS NULL AND date_of_death IS NULL
    AS "a record that does not say whether it is paid"
FROM title_xvi
UNION ALL BY NAME
SELECT
  'not_found' AS record,
  source_line,
  coalesce(locate_response_code = '09', false)
    AS "the Social Security Administration could not be reached"
FROM not_found
