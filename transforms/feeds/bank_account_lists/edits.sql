-- One row per account; the first true column is the reason it is set aside.
SELECT
  'account' AS record,
  account.source_line,
  institution.test_or_correction_ind = 'T'
    AS "a test file",
  account.match_date NOT LIKE '20%'
    AS "the report is not of this century",
  account.account_balance < 0
    AS "a balance below zero, which must be sent as zeros",
  account.account_balance_ind = '0' AND account.account_balance <> 0
    AS "a balance that is said not to be given"
FROM account
-- An account is of the institution whose record stands before it.
ASOF JOIN institution ON account.source_line > institution.source_line
