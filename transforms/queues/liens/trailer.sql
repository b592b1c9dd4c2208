-- One row: the records and their amounts, over the lines as they were written.
SELECT
  'T'                         AS record_type,
  count(*)                    AS record_count,
  coalesce(sum(amount), 0)    AS amount_sum
FROM records
