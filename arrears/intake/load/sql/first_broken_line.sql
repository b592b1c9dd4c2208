-- The first line of a file that its scan refused, and why.
SELECT line, lower(error_type) AS why
FROM reject_errors
JOIN (SELECT DISTINCT scan_id, file_id FROM reject_scans WHERE file_path = $path) USING (scan_id, file_id)
ORDER BY line
LIMIT 1
