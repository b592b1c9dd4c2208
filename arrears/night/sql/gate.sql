-- One row per queue through which something may leave: the acts, the records, how many new acts the run lays on people
-- through it, those that have left already included, which they are as one hash, and how many cases are open.
WITH
new_act AS (
  SELECT queue, action_id, true AS is_leaving
  FROM leaving
  WHERE kind IN ('send', 'notice')
  UNION ALL
  SELECT queue, action_id, false
  FROM gone
  WHERE of_this_run AND kind IN ('send', 'notice')
),
new AS (
  SELECT queue, count(*) AS acts, md5(string_agg(action_id, $newline ORDER BY action_id)) AS digest
  FROM new_act
  GROUP BY queue
  HAVING bool_or(is_leaving)
),
act AS (SELECT queue, count(*) AS acts FROM leaving GROUP BY queue),
record AS (SELECT queue, count(*) AS records FROM bearing GROUP BY queue)
SELECT
  act.queue,
  act.acts,
  coalesce(record.records, 0)                                         AS records,
  coalesce(new.acts, 0)                                               AS new_acts,
  coalesce(new.digest, '')                                            AS digest,
  (SELECT count(*) FROM facts.case_facts WHERE case_is_open)          AS open_cases
FROM act
LEFT JOIN record USING (queue)
LEFT JOIN new USING (queue)
ORDER BY act.queue
