-- One row: the day for which the file stands.
SELECT '1' AS record_type, $as_of AS file_date
