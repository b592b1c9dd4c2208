-- One row per parent: what the partner would send back.
SELECT
  record_no,
  is_withdrawal OR amount > 0       AS debt_is_withdrawn_or_positive
FROM record
