-- The partner's records that may be the person of a line, and why each is in doubt.
SELECT feed, source_file, source_line, reason
FROM read_parquet($path)
WHERE person_id = $person AND $item LIKE 'match:' || feed || ':%'
ORDER BY ALL
