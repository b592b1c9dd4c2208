-- One row per answer of the Social Security Administration on Supplemental Security Income of a person of ours; an
-- answer without data says that it holds nothing of either title. C in the payment status is current pay; N, S and
-- T are denied, suspended and ended; every other one is not known to be either (from memory, unverified).
SELECT
  source_line,
  CASE WHEN multiple_ssn_ind IN ('M', 'X') THEN multiple_ssn ELSE ssn END AS ssn,
  member_id                                             AS person_id,
  submitted_first_name                                  AS first_name,
  submitted_last_name                                   AS last_name,
  date_of_birth                                         AS birth_on,
  date_of_death                                         AS died_on,
  -- Zeros are no state.
  coalesce(nullif(family_violence_state_1, '00'), nullif(family_violence_state_2, '00'),
    nullif(family_violence_state_3, '00')) IS NOT NULL
                                                        AS has_family_violence,
  'record'                                              AS answer,
  CASE
    WHEN starts_with(coalesce(current_payment_status, payment_status), 'C') THEN true
    WHEN regexp_matches(coalesce(current_payment_status, payment_status), '^[NST]') THEN false
  END                                                   AS is_paid,
  try_cast(eligibility_date || '-01' AS DATE)           AS eligible_since_on
FROM title_xvi
UNION ALL BY NAME
SELECT
  source_line,
  CASE WHEN multiple_ssn_ind IN ('M', 'X') THEN multiple_ssn ELSE ssn END AS ssn,
  member_id                                             AS person_id,
  submitted_first_name                                  AS first_name,
  submitted_last_name                                   AS last_name,
  submitted_date_of_birth                               AS birth_on,
  -- Zeros are no state.
  coalesce(nullif(family_violence_state_1, '00'), nullif(family_violence_state_2, '00'),
    nullif(family_violence_state_3, '00')) IS NOT NULL
                                                        AS has_family_violence,
  'nothing'                                             AS answer,
  false                                                 AS is_paid
FROM not_found
