-- One row per account of an institution that lists all of them: whose it is, nobody there has looked up.
SELECT
  account.source_line,
  account.payee_ssn                        AS ssn,
  account.date_of_birth                    AS birth_on,
  institution.institution_tin,
  institution.institution_name,
  institution.institution_street,
  institution.institution_city,
  institution.institution_state,
  concat(institution.institution_zip5, institution.institution_zip4) AS institution_zip,
  account.account_number,
  account.payee_name                       AS owner_name,
  CASE WHEN account.account_balance_ind <> '0'
    THEN dollars_as_cents(account.account_balance) END AS balance_cents,
  account.account_balance_ind              AS balance_kind,
  CASE account.account_type
    WHEN '01' THEN 'savings'
    WHEN '04' THEN 'checking'
    WHEN '05' THEN 'time deposit'
    WHEN '11' THEN 'money market mutual fund'
    WHEN '00' THEN NULL
    ELSE 'another kind'
  END                                      AS account_kind,
  -- 1: held for a minor; 6: the institution does not know.
  CASE account.trust_ind
    WHEN '0' THEN 'none' WHEN '1' THEN 'minor' WHEN '6' THEN NULL ELSE 'trust'
  END                                      AS trust_kind,
  account.account_title,
  account.second_payee_name                AS second_owner_name,
  -- Zeros are no number, and the parent's own number is no second owner's.
  coalesce(nullif(account.second_payee_ssn, '000000000') <> account.payee_ssn, false) AS has_second_number,
  -- The first owner is who the record is about; the format does not say whether a second name owns, too.
  CASE WHEN account.second_payee_name IS NULL THEN 'sole' ELSE 'joint' END AS owner_kind,
  -- An account that is taken off the list is none of the institution's any more.
  account.account_update_ind = '0'         AS is_closed,
  CAST(strptime(account.match_date || '-01', '%Y-%m-%d') AS DATE) AS match_month_on,
  account.match_date                       AS match_month
FROM account
-- An account is of the institution whose record stands before it.
ASOF JOIN institution ON account.source_line > institution.source_line
