-- One row: the notices, over the lines as they were written.
SELECT 'T' AS record_type, count(*) AS notice_count
FROM records
