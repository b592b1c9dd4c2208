-- The cases of the person of a line.
SELECT case_id, office, worker, case_is_open, past_due_cents
FROM read_parquet($path)
WHERE person_id = $person OR case_id = $case
ORDER BY case_id
