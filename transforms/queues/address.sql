-- One row per person: where they can be written to, and whether that place must stay with the agency.
-- One address as it stands, never a line of one with the town of another: a whole one first, then the mailing
-- address, then the one confirmed last. What is not known to be free is withheld.
WITH
place AS (
  SELECT
    *,
    bool_or(protected IS DISTINCT FROM false) OVER (PARTITION BY person_id) AS is_protected
  FROM caseload.addresses
  QUALIFY row_number() OVER (
    PARTITION BY person_id
    ORDER BY
      line_1 IS NOT NULL AND city IS NOT NULL AND state IS NOT NULL AND zip IS NOT NULL DESC,
      kind,
      verified_on DESC NULLS LAST,
      source_file,
      source_line) = 1
),
guard AS (
  SELECT person_id, bool_or(is_protected) AS is_protected
  FROM (
    SELECT person_id, obligor_location_is_protected IS DISTINCT FROM false AS is_protected
    FROM facts.case_facts
    UNION ALL
    -- The parent who has custody gets letters of their own.
    SELECT person_id, location_is_protected IS DISTINCT FROM false
    FROM facts.custodial_parents
  )
  GROUP BY person_id
)
SELECT
  person.person_id,
  place.line_1,
  place.line_2,
  place.city,
  place.state,
  regexp_replace(place.zip, '[^0-9]', '', 'g')         AS zip,
  coalesce(person.family_violence, false)
    OR coalesce(place.is_protected, false)
    -- Who is in no case any more has only what is known of themselves.
    OR coalesce(guard.is_protected, place.is_protected OR person.family_violence, true) AS is_withheld
FROM known_persons AS person
LEFT JOIN place USING (person_id)
LEFT JOIN guard USING (person_id)
