-- One row per child of a case whom the Defense Manpower Data Center looked up, with the parent who owes or may be the
-- father. Y and N of the flags are read as yes and no (unverified); any other code is not known.
SELECT
  source_line,
  CASE WHEN ltrim(CASE WHEN ncp_last_name IS NOT NULL THEN ncp_ssn ELSE putative_father_ssn END, '0') <> ''
    THEN CASE WHEN ncp_last_name IS NOT NULL THEN ncp_ssn ELSE putative_father_ssn END END AS ssn,
  CASE WHEN ncp_last_name IS NOT NULL THEN ncp_member_id ELSE putative_father_member_id END AS person_id,
  coalesce(ncp_last_name, putative_father_last_name)         AS last_name,
  CASE WHEN ncp_last_name IS NOT NULL THEN ncp_first_name ELSE putative_father_first_name END AS first_name,
  case_id,
  child_member_id                                            AS child_id,
  child_medical_coverage_ind = 'Y'                           AS child_is_covered,
  child_coverage_begin_date                                  AS cover_from_on,
  child_coverage_end_date                                    AS cover_to_on,
  CASE CASE WHEN ncp_last_name IS NOT NULL THEN ncp_in_military ELSE putative_father_in_military END
    WHEN 'Y' THEN true WHEN 'N' THEN false END               AS is_in_military,
  coalesce(CASE WHEN ncp_last_name IS NOT NULL THEN ncp_death_ind ELSE putative_father_death_ind END = 'Y', false) AS is_dead
FROM coverage
