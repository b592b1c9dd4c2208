-- One row per message: what an institution would send back.
SELECT
  record_no,
  is_withdrawal OR amount > 0       AS amount_is_above_zero,
  order_reference IS NOT NULL       AS order_is_named
FROM record
