-- The wages of one quarter of the parents of some cases, as the national directory matched them.
SELECT p AS n, 'FN' AS record_id, 'P' AS match_type, $fips AS receiving_state_fips,
  'H98' AS source_agency_code, '1' AS name_matched_ind, upper(first_name) AS first_name,
  upper(last_name) AS last_name, upper(first_name) AS returned_first_name,
  upper(last_name) AS returned_last_name, persons.ssn, persons.person_id AS state_member_id,
  upper(employer_name_of(p + $quarter // 3)) AS employer_name, 'C' AS address_format_ind,
  upper(street_of(p)) AS street_address_1, upper(city_of(p)) AS city, $state AS state, zip_of(p) AS zip5,
  $state AS qw_reporting_state, '1' AS qw_address_type,
  90000 + dice('wage', p * 4 + $quarter, 2500000) AS qw_wage_amount,
  employer_fein_of(p + $quarter // 3) AS qw_fein, 'V' AS qw_ssn_match_code,
  CAST(year($first_night) - 1 AS VARCHAR) AS qw_reporting_year,
  CAST(1 + $quarter AS VARCHAR) AS qw_reporting_quarter
FROM folk JOIN v.persons AS persons ON persons.person_id = person_of(p)
WHERE role < 2 AND i >= $first_case AND i < $end_case AND dice('earns', p * 4 + $quarter, 100) < $earning
