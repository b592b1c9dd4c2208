-- One row: the entries and their sum, over the lines as they were written.
SELECT
  'T'                         AS record_type,
  count(*)                    AS entry_count,
  coalesce(sum(amount), 0)    AS amount_sum
FROM records
