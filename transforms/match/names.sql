-- One row per name as somebody wrote it, with the words in which it is compared: accents, case and
-- punctuation folded away, and the suffix at its end dropped. A name may be called Null or None; it stays one.
WITH
written AS (
  SELECT last_name AS name FROM caseload.persons
  UNION SELECT first_name FROM caseload.persons
  UNION SELECT last_name FROM match.feed_rows
  UNION SELECT first_name FROM match.feed_rows
  UNION SELECT whole_name FROM match.feed_rows
),
split AS (
  SELECT
    name,
    string_split_regex(
      trim(regexp_replace(upper(strip_accents(replace(name, ',', ' '))), '[^A-Z ]', '', 'g')), ' +') AS words
  FROM written
  WHERE name IS NOT NULL
)
SELECT
  name,
  CASE
    WHEN len(words) > 1 AND list_contains(['JR', 'SR', 'II', 'III', 'IV', 'V'], words[-1])
      THEN words[1:len(words) - 1]
    ELSE words
  END AS words
FROM split
