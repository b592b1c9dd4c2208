-- One row per case with a parent who has custody: to whom a letter about the case goes, and whether the place where
-- that parent lives has to stay with the agency. What is not known to be free is protected.
SELECT
  cases.case_id,
  cases.custodial_id                                                        AS person_id,
  coalesce(identity.has_family_violence, true)
    OR coalesce(place.has_protected, false)
    OR NOT coalesce(place.protection_is_known, known.addresses)             AS location_is_protected,
  'caseload.cases@' || cases.source_file || ':' || cases.source_line        AS custodial_src
FROM caseload.cases AS cases
JOIN facts.known_case AS known ON known.case_id = cases.case_id
LEFT JOIN facts.identity AS identity ON identity.person_id = cases.custodial_id
LEFT JOIN facts.places AS place ON place.person_id = cases.custodial_id
WHERE cases.custodial_id IS NOT NULL AND cases.custodial_id IS DISTINCT FROM cases.obligor_id
