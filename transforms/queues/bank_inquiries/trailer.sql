-- One row: the inquiries, over the lines as they were written.
SELECT
  'T'           AS record_type,
  count(*)      AS inquiry_count
FROM records
