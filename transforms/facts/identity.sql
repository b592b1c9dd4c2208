-- One row per person of the caseload: whether the number is his own beyond doubt, and what else is known of him.
WITH
told AS (
  SELECT
    *,
    CASE WHEN ssn_fault IS NULL THEN person_token END                  AS usable_token,
    count(*) OVER (PARTITION BY person_token)                          AS holders
  FROM caseload.persons
)
SELECT
  told.person_id,
  told.ssn_verified                                                    AS ssn_is_verified,
  told.usable_token IS NOT NULL                                        AS has_usable_number,
  told.usable_token IS NOT NULL AND told.holders > 1                   AS number_is_shared,
  CASE
    WHEN told.died_on <= $as_of THEN false
    WHEN known.persons THEN true
  END                                                                  AS is_alive,
  told.receives_tanf OR told.receives_ssi                              AS is_assisted,
  told.birth_on IS NOT NULL                                            AS has_birth_date,
  told.birth_on + to_years(CAST($majority_age AS INTEGER)) <= $as_of   AS is_of_age,
  told.family_violence                                                 AS has_family_violence,
  'caseload.persons@' || told.source_file || ':' || told.source_line   AS person_src
FROM told
CROSS JOIN facts.known AS known
