-- One row per act that tonight calls for, sent or waiting: the work of the queues and of the desk.
WITH
act AS (
  SELECT
    stepping.episode_id, stepping.remedy, stepping.subject_id, verdict.case_id, verdict.person_id,
    stepping.step, CASE WHEN stepping.kind = 'review' THEN 'ask' ELSE stepping.kind END AS kind,
    stepping.queue, stepping.message, stepping.target_id, 1 AS version, stepping.status,
    stepping.window_ends_on AS due_on, stepping.because, stepping.needs, verdict.amount_cents,
    false AS is_urgent
  FROM plan.stepping AS stepping
  JOIN plan.verdict AS verdict USING (remedy, subject_id)
  ANTI JOIN plan.ending AS ending USING (episode_id)
  UNION ALL
  SELECT
    retry.episode_id, retry.remedy, retry.subject_id, verdict.case_id, verdict.person_id, retry.step, 'notice',
    retry.queue, retry.message, retry.target_id, retry.version, retry.status, retry.due_on, retry.because,
    retry.needs, verdict.amount_cents, false
  FROM plan.retry AS retry
  JOIN plan.verdict AS verdict USING (remedy, subject_id)
  ANTI JOIN plan.ending AS ending USING (episode_id)
  UNION ALL
  SELECT
    episode_id, remedy, subject_id, case_id, person_id, step, kind, queue, message, target_id, version, status,
    NULL, because, CASE WHEN status = 'due' THEN NULL ELSE 'supervisor' END, amount_cents, is_urgent
  FROM plan.upkeep
),
-- A license is one thing that several cases of a person may hold: told once, given back when the last lets go.
letting_go AS (
  SELECT queue, target_id, episode_id
  FROM act
  WHERE kind = 'release'
),
keeping AS (
  SELECT sent.queue, sent.target_id, sent.episode_id
  FROM plan.sent AS sent
  JOIN card.queue AS shared ON shared.queue = sent.queue AND shared.holds_target
  ANTI JOIN letting_go
    ON letting_go.queue = sent.queue AND letting_go.target_id = sent.target_id
    AND letting_go.episode_id = sent.episode_id
),
-- Whether another episode than one's own is among several is told by the first and the last of them.
given_back AS (
  SELECT DISTINCT letting_go.queue, letting_go.target_id
  FROM letting_go
  JOIN card.queue AS shared ON shared.queue = letting_go.queue AND shared.holds_target
),
kept AS (
  SELECT queue, target_id, min(episode_id) AS first_id, max(episode_id) AS last_id
  FROM keeping
  GROUP BY queue, target_id
),
said_tonight AS (
  SELECT act.queue, act.target_id, min(act.episode_id) AS first_id, max(act.episode_id) AS last_id
  FROM act
  JOIN card.queue AS shared ON shared.queue = act.queue AND shared.one_record
  WHERE act.status = 'due' AND act.kind IN ('send', 'release')
  GROUP BY act.queue, act.target_id
),
judged AS (
  SELECT
    act.* EXCLUDE (status),
    CASE
      -- Not in the same file as the release of another case: the next run tells it anew.
      WHEN act.status = 'due' AND act.kind = 'send' AND given_back.queue IS NOT NULL THEN 'waits'
      -- One record in a file for what several remedies say of the same target: a change waits for the next run.
      WHEN act.status = 'due' AND act.kind = 'update'
        AND (said_tonight.first_id <> act.episode_id OR said_tonight.last_id <> act.episode_id) THEN 'waits'
      ELSE act.status
    END                                                                         AS status,
    act.kind IN ('send', 'release')
      AND coalesce(kept.first_id <> act.episode_id OR kept.last_id <> act.episode_id, false)
      -- Nor does anybody have to be told the end of what they turned down.
      OR act.kind = 'release' AND coalesce(subject.is_unheard, false)           AS is_covered,
    -- What a queue says beside the amount, so that a change of it can be told.
    coalesce(subject.said_hash, '')                                             AS said_hash
  FROM act
  LEFT JOIN given_back ON given_back.queue = act.queue AND given_back.target_id = act.target_id
  LEFT JOIN kept ON kept.queue = act.queue AND kept.target_id = act.target_id
  LEFT JOIN said_tonight ON said_tonight.queue = act.queue AND said_tonight.target_id = act.target_id
  LEFT JOIN card.subject AS subject USING (remedy, subject_id)
)
SELECT
  judged.episode_id || ':' || judged.step || ':' || judged.target_id || ':' || judged.version AS action_id,
  judged.remedy,
  judged.subject_id,
  judged.case_id,
  judged.person_id,
  coalesce(verdict.office, party.office)                                        AS office,
  coalesce(verdict.worker, party.worker)                                        AS worker,
  judged.episode_id,
  judged.step,
  judged.kind,
  judged.queue,
  judged.message,
  judged.target_id,
  judged.version,
  judged.status,
  judged.due_on,
  judged.because,
  judged.needs,
  verdict.facts_hash,
  judged.amount_cents,
  judged.said_hash,
  judged.is_urgent,
  verdict.readings_differ,
  judged.is_covered
FROM judged
LEFT JOIN plan.verdict AS verdict USING (remedy, subject_id)
LEFT JOIN plan.party AS party USING (episode_id)
