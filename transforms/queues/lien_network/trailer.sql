-- One row: the debtors, over the lines as they were written.
SELECT
  '99'      AS record_type,
  count(*)  AS ncp_count
FROM records
