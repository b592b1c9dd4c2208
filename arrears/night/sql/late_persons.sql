-- The obligors of the cases of which something new is said.
SELECT DISTINCT obligor_id AS id
FROM party
WHERE case_id IN (SELECT id FROM late_case) AND obligor_id IS NOT NULL
