-- One row per message: what a payer would send back.
SELECT
  record_no,
  is_withdrawal OR amount > 0       AS amount_is_above_zero
FROM record
