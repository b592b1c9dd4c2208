-- What became of each act that we sent: accepted, rejected, received (another answer follows), waiting or overdue; and
-- whether something else was said of the same target since, by which a reject is worked.
WITH
told AS (
  SELECT
    action_id,
    bool_or(is_rejected) AS is_rejected,
    bool_or(is_final AND NOT is_rejected) AS is_accepted,
    max(said_on) AS said_on,
    arg_max(feed, said_on) AS feed,
    arg_max(reason, said_on) FILTER (is_rejected) AS reason,
    arg_max(source_file, said_on) AS source_file,
    arg_max(source_line, said_on) AS source_line
  FROM answer
  WHERE action_id IS NOT NULL
  GROUP BY action_id
),
clock AS (
  SELECT
    sent.action_id,
    max(sent.published_on + CAST(currency.stale_after_days AS INTEGER)) AS due_on,
    -- A feed of rejects alone accepts what does not stand in its next file.
    min(coalesce(arrivals.period_on, arrivals.received_on)) FILTER (
      answering.of = 'sent' AND coalesce(arrivals.period_on, arrivals.received_on) > sent.published_on) AS passed_on
  FROM sent
  JOIN answering USING (queue)
  JOIN staging.currency AS currency USING (feed)
  LEFT JOIN staging.arrivals AS arrivals USING (feed)
  GROUP BY sent.action_id
)
SELECT
  sent.* EXCLUDE (carry, target_number),
  CASE
    WHEN told.is_rejected THEN 'rejected'
    WHEN told.is_accepted OR clock.passed_on IS NOT NULL THEN 'accepted'
    WHEN clock.due_on < $as_of THEN 'overdue'
    WHEN told.action_id IS NOT NULL THEN 'received'
    ELSE 'waiting'
  END AS became,
  coalesce(told.said_on, clock.passed_on) AS said_on,
  clock.due_on,
  told.feed,
  told.reason,
  told.source_file,
  told.source_line,
  count(*) FILTER (told.is_rejected) OVER of_target AS times_rejected,
  -- What is withdrawn under an old number stands there until somebody has seen to it, whatever is said under the new one.
  sent.step <> 'identity_out' AND lead(sent.action_id) OVER (
    of_target ORDER BY sent.published_on, sent.version, sent.action_id) IS NOT NULL AS is_followed
FROM sent
LEFT JOIN told USING (action_id)
LEFT JOIN clock USING (action_id)
-- What went before this system may have been answered before it, too.
WHERE sent.batch_no > 0 OR told.action_id IS NOT NULL
WINDOW of_target AS (PARTITION BY sent.episode_id, sent.target_id)
ORDER BY sent.queue, sent.published_on, sent.action_id
