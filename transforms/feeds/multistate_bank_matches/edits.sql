-- One row per account; the first true column is the reason it is set aside.
SELECT
  'match' AS record,
  source_line,
  match_date NOT LIKE '20%'
    AS "the match month is not of this century",
  account_balance < 0
    AS "a balance below zero, which must be sent as zeros",
  payee_ind = '1' AND nullif(primary_ssn, '000000000') IS NULL
    AS "the match is on a second owner and the first owner's number is missing",
  row_number() OVER (
    PARTITION BY institution_tin, matched_ssn, account_number, match_date, matched_name ORDER BY source_line) <> 1
    AS "the same account of the same owner stands in the file before"
FROM match
