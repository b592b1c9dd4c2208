-- Each segment in the text of lines: the line on which it begins, its number in the file, its text, and whether it ends. The
-- text of lines that follow each other is one. Blanks around a segment are no part of it, elements left out are blank.
WITH
texts AS (
  SELECT min(line_no) AS line_no, string_agg(text, '' ORDER BY line_no) AS text
  FROM (SELECT line_no, text, line_no - row_number() OVER (ORDER BY line_no) AS run FROM text_lines)
  GROUP BY run
),
pieces AS (
  SELECT line_no, unnest(string_split(text, ending)) AS piece, len(string_split(text, ending)) AS last,
    unnest(range(1, len(string_split(text, ending)) + 1)) AS place
  FROM texts
  CROSS JOIN how
),
placed AS (
  SELECT line_no, place, trim(piece, ' ') AS l, place < last AS ends,
    sum(length(piece) + 1) OVER (PARTITION BY line_no ORDER BY place) - length(ltrim(piece, ' ')) - 1 AS before
  FROM pieces
)
SELECT
  CAST(line_no + before // room AS BIGINT) AS line_no,
  row_number() OVER (ORDER BY line_no, place) AS segment_no,
  l || repeat(delimiter, greatest(0, elements - len(string_split(l, delimiter)))) AS l,
  ends
FROM placed
CROSS JOIN how
WHERE l <> '' AND NOT list_contains(frames, string_split(l, delimiter)[1])
