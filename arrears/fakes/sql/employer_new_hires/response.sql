-- New hires of the day: two in a hundred obligors, and the planted ones.
WITH hired AS (
  SELECT person_of(obligor_p) AS person_id, obligor_p AS number_p FROM bulk
  WHERE obligor_i = i AND dice('hired ' || $night, i, 50) = 0
  UNION ALL SELECT person_id, number_p FROM planted.hires WHERE night = $night
)
SELECT person_id AS n, 'FN' AS record_id, 'P' AS match_type, $fips AS receiving_state_fips,
  'H99' AS source_agency_code, '1' AS name_matched_ind, upper(first_name) AS first_name,
  upper(last_name) AS last_name, upper(first_name) AS returned_first_name,
  upper(last_name) AS returned_last_name, ssn_of(number_p) AS ssn, person_id AS state_member_id,
  upper(employer_name_of(number_p + $night)) AS employer_name, 'C' AS address_format_ind,
  upper(street_of(number_p + $night)) AS street_address_1, upper(city_of(number_p + $night)) AS city,
  $state AS state, zip_of(number_p + $night) AS zip5,
  $state AS w4_reporting_state, '1' AS w4_address_type, birth_on AS w4_date_of_birth,
  $as_of - CAST(2 + dice('start ' || $night, number_p, 14) AS INTEGER) AS w4_date_of_hire,
  employer_fein_of(number_p + $night) AS w4_fein, 'V' AS w4_ssn_match_code,
  $state AS w4_state_of_hire
FROM hired JOIN v.persons AS persons USING (person_id)
