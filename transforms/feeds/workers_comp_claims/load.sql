-- One row per claim that the workers' compensation agency holds for a person whom we named by our number.
SELECT
  source_line,
  ncp_number                                                          AS person_id,
  claimant_last_name                                                  AS last_name,
  claimant_first_name                                                 AS first_name,
  coalesce(administrative_claim_number, agency_claim_number)          AS claim_number,
  insurer_name,
  insurer_street                                                      AS insurer_line_1,
  insurer_city,
  insurer_state,
  regexp_replace(insurer_zip, '[^0-9]', '', 'g')                      AS insurer_zip,
  employer_name,
  employer_fein,
  CAST(coalesce(
    try_strptime(date_of_accident, '%m/%d/%Y'),
    try_strptime(date_of_accident, '%Y-%m-%d')) AS DATE)              AS accident_on,
  CAST(coalesce(
    try_strptime(date_of_death, '%m/%d/%Y'),
    try_strptime(date_of_death, '%Y-%m-%d')) AS DATE)                 AS died_on,
  CASE
    WHEN regexp_full_match(weekly_rate, '[0-9]+[.][0-9][0-9]') THEN CAST(replace(weekly_rate, '.', '') AS BIGINT)
    WHEN regexp_full_match(weekly_rate, '[0-9]+') THEN dollars_as_cents(weekly_rate)
  END                                                                 AS weekly_cents,
  CASE upper(compensation_paid_flag) WHEN 'Y' THEN true WHEN 'N' THEN false END AS is_paying
FROM claim
