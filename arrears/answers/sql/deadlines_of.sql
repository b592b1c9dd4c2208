-- The deadlines of a case or its obligor, soonest first.
SELECT *
FROM read_parquet($path)
WHERE case_id = $case OR person_id = $case OR (case_id IS NULL AND list_contains($who, person_id))
ORDER BY ends_on, deadline, subject_id
