-- One row per account that an institution of several states matched to a person whom we submitted.
SELECT
  source_line,
  matched_ssn                              AS ssn,
  case_id                                  AS person_id,
  date_of_birth                            AS birth_on,
  institution_tin,
  institution_name,
  institution_street,
  institution_city,
  institution_state,
  concat(institution_zip5, institution_zip4) AS institution_zip,
  account_location_state                   AS account_state,
  account_number,
  matched_name                             AS owner_name,
  CASE WHEN account_balance_ind <> '0' THEN dollars_as_cents(account_balance) END AS balance_cents,
  account_balance_ind                      AS balance_kind,
  CASE account_type
    WHEN '01' THEN 'savings'
    WHEN '04' THEN 'checking'
    WHEN '05' THEN 'time deposit'
    WHEN '11' THEN 'money market mutual fund'
    WHEN '00' THEN NULL
    ELSE 'another kind'
  END                                      AS account_kind,
  -- 1: held for a minor; 6: the institution does not know.
  CASE trust_ind
    WHEN '0' THEN 'none' WHEN '1' THEN 'minor' WHEN '6' THEN NULL ELSE 'trust'
  END                                      AS trust_kind,
  account_title,
  other_owner_name                         AS second_owner_name,
  -- Zeros are no number, and the parent's own number is no second owner's.
  coalesce(nullif(second_ssn, '000000000') <> matched_ssn, false)
    OR coalesce(nullif(primary_ssn, '000000000') <> matched_ssn, false) AS has_second_number,
  CASE payee_ind WHEN '0' THEN 'sole' WHEN '1' THEN 'second' WHEN '2' THEN 'joint' END AS owner_kind,
  CASE name_match_flag WHEN '1' THEN true WHEN '2' THEN false END AS name_agrees,
  account_status = '1'                     AS is_closed,
  response_date                            AS answered_on,
  CAST(strptime(match_date || '-01', '%Y-%m-%d') AS DATE) AS match_month_on,
  match_date                               AS match_month
FROM match
