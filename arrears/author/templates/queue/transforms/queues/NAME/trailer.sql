-- One row: how many records there are and what they add up to, over the lines as they were written.
SELECT
  'T'       AS record_type,
  count(*)  AS record_count,
  sum(owed) AS owed_sum
FROM records
