-- One row per line of a feed and person whom it is about, or may be.
SELECT feed, source_file, source_line, person_id
FROM match.links
UNION
SELECT feed, source_file, source_line, person_id
FROM match.candidates
