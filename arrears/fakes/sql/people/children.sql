-- The children of the bulk.
SELECT case_of(i) AS case_id, person_id, birth_on, NULL AS emancipated_on,
  $known_on AS known_on
FROM folk JOIN v.persons AS persons ON persons.person_id = person_of(p) WHERE role = 2
