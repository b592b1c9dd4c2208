-- One row per person: where he himself can be written to, and whether that place must stay with the agency.
-- What is not known to be free is withheld.
WITH
place AS (
  SELECT
    person_id,
    arg_min(line_1, kind)                              AS line_1,
    arg_min(coalesce(line_2, ''), kind)                AS line_2,
    arg_min(city, kind)                                AS city,
    arg_min(state, kind)                               AS state,
    arg_min(zip, kind)                                 AS zip,
    bool_or(protected IS DISTINCT FROM false)          AS is_protected
  FROM caseload.addresses
  GROUP BY person_id
),
guard AS (
  SELECT person_id, bool_or(obligor_location_is_protected IS DISTINCT FROM false) AS is_protected
  FROM facts.case_facts
  GROUP BY person_id
)
SELECT
  person.person_id,
  place.line_1,
  nullif(place.line_2, '')                             AS line_2,
  place.city,
  place.state,
  regexp_replace(place.zip, '[^0-9]', '', 'g')         AS zip,
  coalesce(person.family_violence, false)
    OR coalesce(place.is_protected, false)
    OR coalesce(guard.is_protected, true)              AS is_withheld
FROM caseload.persons AS person
LEFT JOIN place USING (person_id)
LEFT JOIN guard USING (person_id)
