-- The first record of the file of refunds.
SELECT 0 AS n, '1' AS record_type, $as_of AS creation_date
