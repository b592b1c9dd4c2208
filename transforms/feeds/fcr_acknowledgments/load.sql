-- One row per case and per person of a case that we submitted: taken, held or rejected, with the registry's codes. Those
-- that begin with PW, TW or LW are warnings; every other one counts as an error.
SELECT
  source_line,
  'case'                                                     AS about,
  case_id,
  action_type                                                AS asked,
  CASE acknowledgement_code WHEN 'AAAAA' THEN 'accepted' WHEN 'HOLDS' THEN 'held' WHEN 'REJCT' THEN 'rejected' END AS result,
  list_filter([error_code_1, error_code_2, error_code_3, error_code_4, error_code_5],
    lambda code: regexp_matches(code, '^[PTL]W'))            AS warnings,
  list_filter([error_code_1, error_code_2, error_code_3, error_code_4, error_code_5],
    lambda code: code IS NOT NULL AND NOT regexp_matches(code, '^[PTL]W')) AS errors,
  CAST(NULL AS VARCHAR)                                      AS ssn,
  CAST(NULL AS VARCHAR)                                      AS person_id,
  CAST(NULL AS VARCHAR)                                      AS last_name,
  CAST(NULL AS VARCHAR)                                      AS first_name,
  CAST(NULL AS DATE)                                         AS birth_on,
  CAST(NULL AS VARCHAR)                                      AS role,
  CAST(NULL AS BOOLEAN)                                      AS number_is_verified,
  CAST(NULL AS BOOLEAN)                                      AS number_is_another,
  CAST(NULL AS BOOLEAN)                                      AS birth_differs,
  CAST(NULL AS DATE)                                         AS died_on,
  CAST(NULL AS BOOLEAN)                                      AS has_family_violence
FROM case_answer
UNION ALL BY NAME
SELECT
  source_line,
  'person'                                                   AS about,
  case_id,
  action_type                                                AS asked,
  CASE acknowledgement_code WHEN 'AAAAA' THEN 'accepted' WHEN 'HOLDS' THEN 'held' WHEN 'REJCT' THEN 'rejected' END AS result,
  list_filter([error_code_1, error_code_2, error_code_3, error_code_4, error_code_5],
    lambda code: regexp_matches(code, '^[PTL]W'))            AS warnings,
  list_filter([error_code_1, error_code_2, error_code_3, error_code_4, error_code_5],
    lambda code: code IS NOT NULL AND NOT regexp_matches(code, '^[PTL]W')) AS errors,
  -- The number that we submitted; what the registry stored instead is told by `number_is_another` alone.
  CASE WHEN ltrim(ssn, '0') <> '' THEN ssn END               AS ssn,
  member_id                                                  AS person_id,
  last_name,
  first_name,
  date_of_birth                                              AS birth_on,
  CASE participant_type WHEN 'CH' THEN 'child' WHEN 'CP' THEN 'custodial parent'
    WHEN 'NP' THEN 'noncustodial parent' WHEN 'PF' THEN 'putative father' END AS role,
  -- Without a code the person is stored and never matched; N is a probable name alone.
  coalesce(ssn_validity_code <> 'N', false)                  AS number_is_verified,
  coalesce(ltrim(provided_or_corrected_ssn, '0') <> '' AND provided_or_corrected_ssn IS DISTINCT FROM ssn, false)
    OR coalesce(ltrim(multiple_ssn_1, '0') <> '', false)     AS number_is_another,
  ssa_date_of_birth_ind = 'Y'                                AS birth_differs,
  -- A day that is not known is given as the first.
  date_of_death                                              AS died_on,
  coalesce(family_violence = 'FV', false)                    AS has_family_violence
FROM person_answer
