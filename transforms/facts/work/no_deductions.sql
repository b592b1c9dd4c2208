-- No row: the caseload tells what is left after the deductions, not the deductions themselves.
SELECT CAST(NULL AS VARCHAR) AS wage_id, CAST(NULL AS VARCHAR) AS kind, CAST(NULL AS BIGINT) AS cents
FROM facts.work_known
WHERE false
