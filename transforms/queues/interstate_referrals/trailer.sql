-- One row: the transmittals and their sum, over the lines as they were written.
SELECT
  'T'                         AS record_type,
  count(*)                    AS record_count,
  coalesce(sum(arrears), 0)   AS arrears_sum
FROM records
