-- Whom a delivered line that both runs know was matched to and how, where that differs.
SELECT feed, source_file, source_line, person_id, was.how AS was, now.how AS now
FROM (FROM tie WHERE side = 'first') AS was
FULL JOIN (FROM tie WHERE side = 'second') AS now USING (feed, source_file, source_line, person_id)
WHERE was.how IS DISTINCT FROM now.how AND list_contains($known, source_file)
