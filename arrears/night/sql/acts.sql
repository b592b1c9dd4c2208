-- Every due act of the plan that has not left, with the last amount that was said of it, and what a check of the night
-- says against the record that would carry it. `lightens`: a release, or less than was said before. `eases`: what lays
-- nothing new on anybody, which is also an equal amount, and who somebody is set right.
WITH said AS (
  SELECT episode_id, target_id, arg_max(amount_cents, version) AS cents
  FROM published
  WHERE kind IN ('send', 'update')
  GROUP BY ALL
),
doubt AS (
  SELECT action_id, queue, min(why) AS why
  FROM borne
  JOIN aside_record USING (record_no)
  GROUP BY action_id, queue
)
SELECT
  actions.*,
  kind = 'release' OR coalesce(kind = 'update' AND amount_cents < said.cents, false) AS lightens,
  said.cents AS said_cents,
  kind = 'release' OR (kind = 'update' AND coalesce(amount_cents, 0) <= coalesce(said.cents, 0)) AS eases,
  doubt.why AS record_doubt
FROM plan.actions AS actions
LEFT JOIN said USING (episode_id, target_id)
LEFT JOIN doubt USING (action_id, queue)
WHERE status = 'due'
  AND action_id NOT IN (SELECT action_id FROM gone)
  AND (is_covered OR action_id IN (SELECT action_id FROM borne))
