-- One row per new hire that the national directory matched to a person of ours.
SELECT
  source_line,
  -- The match was made on the corrected or the multiple number where the code says so.
  CASE WHEN w4_ssn_match_code IN ('C', 'M', 'X') THEN corrected_or_multiple_ssn ELSE ssn END AS ssn,
  state_member_id                                       AS person_id,
  -- A name that the directory knows in part agrees with nothing: a person looks at the match.
  CASE WHEN name_matched_ind IS DISTINCT FROM '4' THEN coalesce(returned_first_name, first_name) END AS first_name,
  CASE WHEN name_matched_ind IS DISTINCT FROM '4' THEN coalesce(returned_last_name, last_name) END AS last_name,
  w4_date_of_hire                                       AS hired_on,
  -- A number of zeros is none: it would make one payor of many.
  CASE WHEN ltrim(w4_fein, '0') <> '' THEN w4_fein END          AS employer_fein,
  employer_name,
  -- An address abroad is none to which an order is mailed.
  CASE WHEN w4_address_type = '1' AND foreign_country_code IS NULL THEN street_address_1 END AS employer_street,
  CASE WHEN w4_address_type = '1' AND foreign_country_code IS NULL THEN city END AS employer_city,
  CASE WHEN w4_address_type = '1' AND foreign_country_code IS NULL THEN state END AS employer_state,
  CASE WHEN w4_address_type = '1' AND foreign_country_code IS NULL THEN zip5 END AS employer_zip,
  source_agency_code                                    AS source_agency,
  w4_ssn_match_code                                     AS ssn_match_code,
  name_matched_ind                                      AS name_matched
FROM response
