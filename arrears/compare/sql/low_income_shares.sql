-- A person counts once on each side, however many remedies reach them.
WITH
one AS (
  SELECT DISTINCT moves, person_id, is_low_income
  FROM who
  WHERE is_within(CAST($offices AS VARCHAR[]), office, case_id, person_id) AND moves <> 'other'
),
counted AS (
  SELECT
    moves,
    count(*) FILTER (is_low_income) AS yes,
    count(*) FILTER (NOT is_low_income) AS no,
    count(*) FILTER (is_low_income IS NULL) AS unknown
  FROM one
  GROUP BY moves
)
SELECT *, CASE WHEN yes + no > 0 THEN $hundred * yes // (yes + no) END AS percent_of_known
FROM counted
ORDER BY moves
