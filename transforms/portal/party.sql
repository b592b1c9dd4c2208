-- One row per case and parent who may see it: in which part, and whether they may learn where the other one's case is
-- worked. Who died, who may be the wrong person, and who stands on both sides of one case sees nothing of it.
WITH
side AS (
  SELECT case_id, obligor_id AS person_id, 'obligor' AS role, custodial_id AS other_id
  FROM caseload.cases
  UNION ALL
  SELECT case_id, custodial_id, 'custodial', obligor_id
  FROM caseload.cases
)
SELECT
  side.case_id,
  side.person_id,
  side.role,
  coalesce(side.other_id, '')                           AS other_id,
  -- What is not known to be free is kept back.
  coalesce(
    facts.has_family_violence
      OR CASE side.role
        WHEN 'custodial' THEN facts.obligor_location_is_protected
        ELSE custodial.location_is_protected END,
    true)                                                AS other_is_protected,
  other.last_name                                        AS other_last_name,
  other.first_name                                       AS other_first_name
FROM side
JOIN caseload.persons AS person ON person.person_id = side.person_id
JOIN facts.case_facts AS facts ON facts.case_id = side.case_id
LEFT JOIN facts.custodial_parents AS custodial ON custodial.case_id = side.case_id
LEFT JOIN caseload.persons AS other ON other.person_id = side.other_id
WHERE (person.died_on IS NULL OR person.died_on > $as_of)
  AND side.person_id IS DISTINCT FROM side.other_id
  AND NOT (side.role = 'obligor' AND facts.identity_has_failed IS TRUE)
ORDER BY side.case_id, side.role
