-- Each case of a person with its facts, and as `answer` what each count says of it.
SELECT fact.*, answer
FROM read_parquet($facts) AS fact
JOIN (SELECT case_id, answer FROM read_parquet($counts) AS answer) USING (case_id)
WHERE fact.person_id = $person
ORDER BY case_id
