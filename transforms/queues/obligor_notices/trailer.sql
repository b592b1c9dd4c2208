-- One row: the notices and the debts they state, over the lines as they were written.
SELECT
  'T'                         AS record_type,
  count(*)                    AS notice_count,
  coalesce(sum(amount), 0)    AS amount_sum
FROM records
