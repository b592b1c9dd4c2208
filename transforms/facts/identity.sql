-- One row per person of the caseload: whether the number is his own beyond doubt, and what else is known of him.
-- Where a later line about him was rejected, only what protects him still stands.
WITH
lost AS (
  SELECT DISTINCT person_id
  FROM caseload.rejected
  WHERE table_name = 'persons' AND person_id IS NOT NULL
),
told AS (
  SELECT
    persons.*,
    lost.person_id IS NULL AND NOT list_contains(known.lost, 'persons') AS is_read,
    known.persons                                                      AS is_known,
    CASE WHEN ssn_fault IS NULL THEN person_token END                  AS usable_token,
    count(*) OVER (PARTITION BY person_token)                          AS holders
  FROM caseload.persons AS persons
  CROSS JOIN facts.known AS known
  LEFT JOIN lost ON lost.person_id = persons.person_id
)
SELECT
  told.person_id,
  CASE WHEN told.is_read OR NOT told.ssn_verified THEN told.ssn_verified END AS ssn_is_verified,
  told.usable_token IS NOT NULL                                        AS has_usable_number,
  told.usable_token IS NOT NULL AND told.holders > 1                   AS number_is_shared,
  CASE
    WHEN told.died_on <= $as_of THEN false
    WHEN told.is_known AND told.is_read THEN true
  END                                                                  AS is_alive,
  CASE WHEN told.is_read OR told.receives_tanf OR told.receives_ssi
    THEN told.receives_tanf OR told.receives_ssi END                   AS is_assisted,
  CASE WHEN told.is_read THEN told.birth_on IS NOT NULL END            AS has_birth_date,
  CASE WHEN told.is_read THEN told.birth_on + to_years(CAST($majority_age AS INTEGER)) <= $as_of END AS is_of_age,
  CASE WHEN told.is_read OR told.family_violence THEN told.family_violence END AS has_family_violence,
  CASE WHEN told.is_read OR told.in_prison THEN told.in_prison END     AS is_in_prison,
  CASE WHEN told.is_read OR told.in_military THEN told.in_military END AS is_in_military,
  CASE WHEN told.is_read OR told.receives_ssi THEN told.receives_ssi END AS receives_ssi,
  'caseload.persons@' || told.source_file || ':' || told.source_line   AS person_src
FROM told
