-- Who enters and leaves by remedy, and how many it flags.
WITH
moves AS (
  SELECT
    remedy,
    count(*) FILTER (moves = 'enters') AS enters,
    CAST(coalesce(sum(amount_cents) FILTER (moves = 'enters'), 0) AS BIGINT) AS enters_cents,
    count(*) FILTER (moves = 'leaves') AS leaves,
    CAST(coalesce(sum(amount_cents) FILTER (moves = 'leaves'), 0) AS BIGINT) AS leaves_cents,
    count(*) FILTER (enter_now = 'unknown') AS becomes_unknown
  FROM who
  WHERE is_within(CAST($offices AS VARCHAR[]), office, case_id, person_id)
  GROUP BY remedy
),
flagged AS (
  SELECT remedy, CAST(sum(flags_was) AS BIGINT) AS flags_was, CAST(sum(flags_now) AS BIGINT) AS flags_now
  FROM flags
  WHERE $offices IS NULL OR list_contains(CAST($offices AS VARCHAR[]), office)
  GROUP BY remedy
)
SELECT
  remedy,
  coalesce(flags_was, 0) AS flags_was,
  coalesce(flags_now, 0) AS flags_now,
  moves.* EXCLUDE (remedy)
FROM moves
LEFT JOIN flagged USING (remedy)
ORDER BY remedy
