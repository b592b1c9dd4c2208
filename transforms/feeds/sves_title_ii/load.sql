-- One row per Title II claim of a person of ours, decided or pending. Whether it is paid stands in the ledger
-- account code: C is in current pay, E is paid through the Railroad Board; D, N, P, S, T, U, W and X are not paid
-- now (from memory, unverified). The claim number is a worker's Social Security number with a beneficiary code, often
-- another person's: only the code is read, and one that starts with H tells of disability.
SELECT
  source_line,
  CASE WHEN multiple_ssn_ind IN ('M', 'X') THEN multiple_ssn ELSE ssn END AS ssn,
  member_id                                             AS person_id,
  submitted_first_name                                  AS first_name,
  submitted_last_name                                   AS last_name,
  date_of_birth                                         AS birth_on,
  date_of_death                                         AS died_on,
  'claim'                                               AS answer,
  CASE
    WHEN regexp_matches(ledger_account_file_code, '^[CE]') THEN true
    WHEN regexp_matches(ledger_account_file_code, '^[DNPSTUWX]') THEN false
  END                                                   AS is_paid,
  CASE WHEN regexp_matches(claim_number_and_bic, '^[0-9]+H') THEN true END AS is_disability,
  -- Zeros are no state.
  coalesce(nullif(family_violence_state_1, '00'), nullif(family_violence_state_2, '00'),
    nullif(family_violence_state_3, '00')) IS NOT NULL
                                                        AS has_family_violence,
  net_monthly_benefit                                   AS monthly_cents,
  CAST(NULL AS VARCHAR)                                 AS pending_kind
FROM title_ii
UNION ALL BY NAME
SELECT
  source_line,
  CASE WHEN ssn_match_code = 'M' THEN other_ssn ELSE ssn END AS ssn,
  member_id                                             AS person_id,
  first_name,
  last_name,
  'pending'                                             AS answer,
  CASE claim_type
    WHEN 'AU' THEN 'auxiliary'
    WHEN 'DI' THEN 'disability'
    WHEN 'RI' THEN 'retirement'
    WHEN 'SU' THEN 'survivor'
    ELSE 'other'
  END                                                   AS pending_kind
FROM pending
