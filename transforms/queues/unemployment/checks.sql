-- One row per person: what the unemployment agency can act on.
SELECT
  record_no,
  CASE WHEN is_withdrawal THEN withholding_amount = 0 ELSE withholding_amount > 0 END AS amount_is_given_or_ended
FROM record
