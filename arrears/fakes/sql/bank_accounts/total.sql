-- The last record of an institution's answer.
SELECT 0 AS n, 'T' AS record_type
