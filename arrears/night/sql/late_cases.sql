-- The cases of whoever something new is said.
SELECT DISTINCT case_id AS id
FROM party
WHERE obligor_id IN (SELECT id FROM late_person) OR other_id IN (SELECT id FROM late_person)
