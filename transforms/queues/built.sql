-- One row per queue: what became of its acts. How many its rows.sql gives twice, how many are none of tonight's; the
-- records that are fit with their acts and cents; and those that are not, in order.
WITH
fit AS (
  SELECT parse_filename(filename, true) AS queue, action_ids, acts_cents
  FROM read_parquet($files, filename = true, union_by_name = true)
),
told AS (
  SELECT queue, unnest(action_ids) AS action_id FROM fit
  UNION ALL
  SELECT queue, unnest(action_ids) FROM refused
),
due AS (
  SELECT items.queue, items.action_id
  FROM items
  JOIN known_message USING (queue, message)
),
given AS (
  SELECT
    told.queue,
    count(*) - count(DISTINCT told.action_id)             AS twice,
    count(*) FILTER (due.action_id IS NULL)               AS not_due
  FROM told
  LEFT JOIN due USING (queue, action_id)
  GROUP BY told.queue
),
frozen AS (
  SELECT queue, count(*) AS records, sum(len(action_ids)) AS acts, sum(acts_cents) AS acts_cents
  FROM fit
  GROUP BY queue
),
unfit AS (
  SELECT queue, list({'action_ids': action_ids, 'field': field, 'reason': reason} ORDER BY record_no) AS records
  FROM refused
  GROUP BY queue
)
SELECT
  known.queue,
  coalesce(given.twice, 0)                                AS twice,
  coalesce(given.not_due, 0)                              AS not_due,
  coalesce(frozen.records, 0)                             AS records,
  coalesce(frozen.acts, 0)                                AS acts,
  coalesce(frozen.acts_cents, 0)                          AS acts_cents,
  coalesce(unfit.records, [])                             AS refused
FROM (SELECT DISTINCT queue FROM known_message) AS known
LEFT JOIN given USING (queue)
LEFT JOIN frozen USING (queue)
LEFT JOIN unfit USING (queue)
ORDER BY known.queue
