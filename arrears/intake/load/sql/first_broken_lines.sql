-- The first line of each file that its scan refused, and why.
SELECT file_path, min(line) AS line, min_by(lower(error_type), line) AS why
FROM reject_errors
JOIN (SELECT DISTINCT scan_id, file_id, file_path FROM reject_scans) USING (scan_id, file_id)
WHERE list_contains($paths, file_path)
GROUP BY file_path
