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
judged AS (
  SELECT
    act.* EXCLUDE (status),
    -- Not in the same file as the release of another case: the next run tells it anew.
    CASE
      WHEN act.status = 'due' AND act.kind = 'send' AND EXISTS (
        SELECT 1 FROM letting_go
        JOIN card.queue AS shared ON shared.queue = letting_go.queue AND shared.holds_target
        WHERE letting_go.queue = act.queue AND letting_go.target_id = act.target_id)
        THEN 'waits'
      -- One record in a file for what several remedies say of the same target: a change waits for the next run.
      WHEN act.status = 'due' AND act.kind = 'update' AND EXISTS (
        SELECT 1 FROM act AS other
        JOIN card.queue AS shared ON shared.queue = other.queue AND shared.one_record
        WHERE other.queue = act.queue AND other.target_id = act.target_id AND other.episode_id <> act.episode_id
          AND other.status = 'due' AND other.kind IN ('send', 'release'))
        THEN 'waits'
      ELSE act.status
    END                                                                         AS status,
    act.kind IN ('send', 'release') AND EXISTS (
      SELECT 1 FROM keeping
      WHERE keeping.queue = act.queue AND keeping.target_id = act.target_id
        AND keeping.episode_id <> act.episode_id)
      -- Nor does anybody have to be told the end of what they turned down.
      OR act.kind = 'release' AND coalesce(subject.is_unheard, false)           AS is_covered
  FROM act
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
  -- What a queue says beside the amount, so that a change of it can be told.
  coalesce(subject.said_hash, '') AS said_hash,
  judged.is_urgent,
  verdict.readings_differ,
  judged.is_covered
FROM judged
LEFT JOIN plan.verdict AS verdict USING (remedy, subject_id)
LEFT JOIN card.subject AS subject USING (remedy, subject_id)
LEFT JOIN plan.party AS party USING (episode_id)
