-- The cases and persons that some offices work, as a night knew them.
SELECT case_id AS id, 'case' AS of
FROM read_parquet($cases)
WHERE list_contains($offices, office)
UNION ALL
SELECT subject_id, 'person'
FROM read_parquet($persons)
WHERE list_contains($offices, office)
