-- One row per debtor: what the network would send back.
SELECT
  record_no,
  is_withdrawal OR arrears_balance > 0 AS debt_is_withdrawn_or_positive
FROM record
