-- One row per person who is known tonight; and, where the extract lost an entry of somebody who stands in it under another
-- person number, that person under the lost one too: what was told of them is still taken back under their name.
SELECT * FROM caseload.persons
UNION ALL BY NAME
SELECT persons.* REPLACE (same.other_id AS person_id)
FROM facts.same_people AS same
JOIN caseload.persons AS persons USING (person_id)
ANTI JOIN caseload.persons AS listed ON listed.person_id = same.other_id
QUALIFY row_number() OVER (PARTITION BY same.other_id ORDER BY persons.person_id) = 1
