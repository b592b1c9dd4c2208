-- One row: the case records, over the lines as they were written.
SELECT
  'FZ'                AS record_id,
  '999999999999999'   AS nines,
  count(*)            AS record_count
FROM records
