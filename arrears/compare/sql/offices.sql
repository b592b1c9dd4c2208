-- Who enters and leaves by office and worker, and the work that comes or goes there.
WITH
moves AS (
  SELECT
    office,
    worker,
    count(*) FILTER (moves = 'enters') AS enters,
    CAST(coalesce(sum(amount_cents) FILTER (moves = 'enters'), 0) AS BIGINT) AS enters_cents,
    count(*) FILTER (moves = 'leaves') AS leaves,
    CAST(coalesce(sum(amount_cents) FILTER (moves = 'leaves'), 0) AS BIGINT) AS leaves_cents
  FROM who
  WHERE is_within(CAST($offices AS VARCHAR[]), office, case_id, person_id)
  GROUP BY ALL
),
work AS (
  SELECT office, worker, CAST(coalesce(sum(more_minutes), 0) AS BIGINT) AS more_minutes
  FROM moved
  WHERE is_within(CAST($offices AS VARCHAR[]), office, case_id, person_id) AND list = 'work'
  GROUP BY ALL
)
SELECT
  coalesce(moves.office, work.office) AS office,
  coalesce(moves.worker, work.worker) AS worker,
  coalesce(enters, 0) AS enters,
  coalesce(enters_cents, 0) AS enters_cents,
  coalesce(leaves, 0) AS leaves,
  coalesce(leaves_cents, 0) AS leaves_cents,
  coalesce(more_minutes, 0) AS more_minutes
FROM moves
FULL JOIN work
  ON moves.office IS NOT DISTINCT FROM work.office AND moves.worker IS NOT DISTINCT FROM work.worker
WHERE coalesce(enters, 0) + coalesce(leaves, 0) > 0 OR coalesce(more_minutes, 0) <> 0
ORDER BY ALL NULLS LAST
