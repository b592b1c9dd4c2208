-- The last record of the file of refunds: how many, and their sum.
SELECT 0 AS n, '3' AS record_type, count(*) AS record_count,
  CAST(coalesce(sum(payment_amount), 0) AS BIGINT) AS total_amount
FROM refunds
