-- One row: the orders and their sum, over the lines as they were written.
SELECT
  '3'                                                               AS record_type,
  count(*)                                                          AS record_count,
  coalesce(sum(withholding_amount), 0)                              AS total_amount
FROM records
