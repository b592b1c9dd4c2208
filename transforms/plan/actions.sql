-- One row per act that tonight calls for, sent or waiting: the work of the queues and of the desk.
WITH
act AS (
  SELECT
    stepping.episode_id, stepping.remedy, stepping.subject_id, stepping.step,
    CASE WHEN stepping.kind = 'review' THEN 'ask' ELSE stepping.kind END AS kind,
    stepping.queue, stepping.message, stepping.target_id, 1 AS version, stepping.status,
    stepping.window_ends_on AS due_on, stepping.because, stepping.needs
  FROM plan.stepping AS stepping
  ANTI JOIN plan.ending AS ending USING (episode_id)
  UNION ALL
  SELECT
    episode_id, remedy, subject_id, step, kind, queue, message, target_id, version, 'due',
    NULL, because, NULL
  FROM plan.upkeep
),
-- A license is one thing that several cases of a person may hold: told once, given back when the last lets go.
holding AS (
  SELECT sent.queue, sent.target_id, sent.episode_id
  FROM plan.sent AS sent
  JOIN card.queue AS queue ON queue.queue = sent.queue AND queue.holds_target
),
asking AS (
  SELECT act.queue, act.target_id, act.episode_id
  FROM act
  JOIN card.queue AS queue ON queue.queue = act.queue AND queue.holds_target
  WHERE act.kind = 'send' AND act.status = 'due'
),
letting_go AS (
  SELECT act.queue, act.target_id, act.episode_id
  FROM act
  WHERE act.kind = 'release'
),
keeping AS (
  SELECT queue, target_id, episode_id FROM holding ANTI JOIN letting_go USING (queue, target_id, episode_id)
  UNION
  SELECT queue, target_id, episode_id FROM asking
)
SELECT
  act.episode_id || ':' || act.step || ':' || act.target_id || ':' || act.version AS action_id,
  act.remedy,
  act.subject_id,
  verdict.case_id,
  verdict.person_id,
  verdict.office,
  verdict.worker,
  act.episode_id,
  act.step,
  act.kind,
  act.queue,
  act.message,
  act.target_id,
  act.version,
  act.status,
  act.due_on,
  act.because,
  act.needs,
  verdict.facts_hash,
  verdict.amount_cents,
  verdict.readings_part,
  (
    (act.kind = 'send' AND EXISTS (
      SELECT 1 FROM holding
      WHERE holding.queue = act.queue AND holding.target_id = act.target_id
        AND holding.episode_id <> act.episode_id))
    OR (act.kind = 'release' AND EXISTS (
      SELECT 1 FROM keeping
      WHERE keeping.queue = act.queue AND keeping.target_id = act.target_id
        AND keeping.episode_id <> act.episode_id))
  )                                                                                AS is_covered
FROM act
JOIN plan.verdict AS verdict USING (remedy, subject_id)
