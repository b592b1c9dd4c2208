-- Rows of each feed, how many of its lines are linked to a person, and how many only might be.
WITH
linked AS (
  SELECT feed, count(DISTINCT (source_file, source_line)) AS lines FROM match.links GROUP BY feed
),
doubtful AS (
  SELECT feed, count(DISTINCT (source_file, source_line)) AS lines FROM match.candidates GROUP BY feed
)
SELECT feed, rows, coalesce(linked.lines, 0) AS linked, coalesce(doubtful.lines, 0) AS doubtful
FROM staged
LEFT JOIN linked USING (feed)
LEFT JOIN doubtful USING (feed)
WHERE rows > 0
ORDER BY feed
