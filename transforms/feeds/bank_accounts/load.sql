-- One row per account that an institution matched to a person of ours.
SELECT
  account.source_line,
  account.matched_ssn                      AS ssn,
  account.state_person_number              AS person_id,
  institution.institution_tin,
  institution.institution_name,
  account.account_number,
  account.matched_name                     AS owner_name,
  CASE WHEN account.account_balance_ind <> '0'
    THEN dollars_as_cents(account.account_balance) END AS balance_cents,
  account.account_balance_ind              AS balance_kind,
  account.account_type,
  account.trust_ind                        AS trust_kind,
  account.payee_ind                        AS payee_kind,
  account.name_match_flag                  AS name_match,
  account.match_date                       AS match_month
FROM account
CROSS JOIN institution
