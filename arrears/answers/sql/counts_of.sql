-- Each case of these persons with its facts, and as `answer` what each count says of it.
SELECT fact.*, answer
FROM read_parquet($facts) AS fact
JOIN (SELECT case_id, answer FROM read_parquet($counts) AS answer) USING (case_id)
WHERE len($who) = 0 OR list_contains($who, fact.person_id)
ORDER BY case_id
