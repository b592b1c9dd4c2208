-- One row per answer of a federal agency about where a person of ours is, in the older form of 800 characters. What
-- stands in the agency's own area is laid out by agency and is not read.
SELECT
  source_line,
  -- The number by which the agency found them, where it was another one.
  CASE WHEN ltrim(corrected_or_multiple_ssn, '0') <> '' THEN corrected_or_multiple_ssn ELSE ssn END AS ssn,
  state_person_number                                        AS person_id,
  last_name,
  first_name,
  agency_group || agency_number                              AS agency,
  CASE agency_group
    WHEN 'A' THEN 'Department of Defense'
    WHEN 'B' THEN 'an employer or a state workforce agency'
    WHEN 'C' THEN 'Internal Revenue Service'
    WHEN 'D' THEN 'federal personnel records'
    WHEN 'E' THEN 'Social Security Administration'
    WHEN 'F' THEN 'Department of Veterans Affairs'
    WHEN 'H' THEN 'National Directory of New Hires'
  END                                                        AS agency_name,
  coalesce(response_code = '02', false)                      AS is_dead,
  response_code IS NULL AND returned_address IS NOT NULL     AS has_address,
  response_code IS NULL AND employer_name IS NOT NULL        AS has_employer,
  CASE WHEN response_code IS NULL THEN returned_address END  AS returned_address,
  CASE WHEN response_code IS NULL THEN employer_name END     AS employer_name
FROM answer
