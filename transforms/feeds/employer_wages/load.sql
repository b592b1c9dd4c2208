-- One row per quarter's wages that the national directory matched to a person of ours.
SELECT
  source_line,
  -- The match was made on the corrected or the multiple number where the code says so.
  CASE WHEN qw_ssn_match_code IN ('C', 'M', 'X') THEN corrected_or_multiple_ssn ELSE ssn END AS ssn,
  state_member_id                                       AS person_id,
  -- A name that the directory knows in part agrees with nothing: a person looks at the match.
  CASE WHEN name_matched_ind IS DISTINCT FROM '4' THEN coalesce(returned_first_name, first_name) END AS first_name,
  CASE WHEN name_matched_ind IS DISTINCT FROM '4' THEN coalesce(returned_last_name, last_name) END AS last_name,
  -- A number of zeros is none: it would make one payor of many.
  CASE WHEN ltrim(qw_fein, '0') <> '' THEN qw_fein END          AS employer_fein,
  employer_name,
  -- An address abroad is none to which an order is mailed.
  CASE WHEN qw_address_type = '1' AND foreign_country_code IS NULL THEN street_address_1 END AS employer_street,
  CASE WHEN qw_address_type = '1' AND foreign_country_code IS NULL THEN city END AS employer_city,
  CASE WHEN qw_address_type = '1' AND foreign_country_code IS NULL THEN state END AS employer_state,
  CASE WHEN qw_address_type = '1' AND foreign_country_code IS NULL THEN zip5 END AS employer_zip,
  qw_wage_amount                                        AS wage_cents,
  CAST(strptime(qw_reporting_year || CASE qw_reporting_quarter
    WHEN '1' THEN '0331' WHEN '2' THEN '0630' WHEN '3' THEN '0930' WHEN '4' THEN '1231' END, '%Y%m%d') AS DATE)
                                                        AS quarter_ends_on,
  qw_reporting_state                                    AS reporting_state,
  qw_ssn_match_code                                     AS ssn_match_code,
  name_matched_ind                                      AS name_matched
FROM response
