-- Whose case or number this is: the persons that a subject means.
SELECT DISTINCT person_id
FROM read_parquet($cases)
WHERE case_id = $subject OR person_id = $subject
ORDER BY person_id
