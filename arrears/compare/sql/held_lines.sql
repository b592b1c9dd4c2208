-- The second run's matches, every line that both runs know matched as the first did.
WITH old AS (
  SELECT * FROM here WHERE list_contains($known, source_file)
)
SELECT * FROM query_table($first) SEMI JOIN old USING (feed, source_file, source_line)
UNION ALL BY NAME
SELECT * FROM query_table($second) ANTI JOIN old USING (feed, source_file, source_line)
ORDER BY feed, source_file, source_line, person_id
