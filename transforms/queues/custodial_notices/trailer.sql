-- One row: the letters and the amounts they state, over the lines as they were written.
SELECT
  'T'                         AS record_type,
  count(*)                    AS letter_count,
  coalesce(sum(amount), 0)    AS amount_sum
FROM records
