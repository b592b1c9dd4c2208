-- One row per act that tonight calls for, sent or waiting: the work of the queues and of the desk.
WITH
-- One row per act that a partner rejected and that may go into its queue once more, as the next version in its own
-- episode: a person says so or, where something is taken back, the name that was rejected is another one by now and this
-- is the first reject. What lays a burden on needs its ground today; where the night says something else of it anyway (a
-- corrected name, another amount, the end), that is the next word. What takes back needs none, unless the same is on
-- again by now.
again_word AS (
  SELECT
    item_id,
    arg_max(decision, position)   AS decision,
    arg_max(until_on, position)   AS until_on,
    arg_max(facts_hash, position) AS facts_hash
  FROM ledger.decisions
  WHERE step = 'again'
  GROUP BY item_id
),
again AS (
  SELECT
    rejected.*,
    verdict.amount_cents                                                        AS amount_today_cents,
    CASE
      WHEN again_word.decision = 'reject'
        AND (rejected.takes_back OR again_word.facts_hash IS NOT DISTINCT FROM coalesce(verdict.facts_hash, '')) THEN 'settled'
      WHEN again_word.decision = 'hold' AND coalesce(again_word.until_on >= $as_of, true) THEN 'held'
      WHEN rejected.takes_back THEN CASE
        WHEN again_word.decision = 'approve' THEN 'due'
        WHEN rejected.times = 1 AND (rejected.is_mended OR coalesce(marks.name_mark <> rejected.name_told
          AND rejected.queue <> 'federal_offset', false)) THEN 'due'
        ELSE 'needs_person'
      END
      WHEN word.decision = 'hold' AND coalesce(word.until_on >= $as_of, true) THEN 'held'
      WHEN verdict.release_verdict = 'flag' THEN 'stayed'
      WHEN verdict.stay_verdict = 'unknown' THEN 'unknown'
      WHEN verdict.stay_verdict = 'clear' THEN 'stayed'
      WHEN step.ground = 'enter' AND verdict.enter_verdict = 'unknown' THEN 'unknown'
      WHEN step.ground = 'enter' AND verdict.enter_verdict = 'clear' THEN 'stayed'
      WHEN step.targets <> 'self' AND own.target_id IS NULL THEN 'stayed'
      WHEN again_word.decision = 'approve' AND again_word.facts_hash IS NOT DISTINCT FROM verdict.facts_hash THEN 'due'
      ELSE 'needs_person'
    END                                                                         AS status
  FROM facts.rejected_acts AS rejected
  JOIN ledger.episodes AS episodes USING (episode_id)
  LEFT JOIN plan.verdict AS verdict ON verdict.remedy = rejected.remedy AND verdict.subject_id = rejected.subject_id
  LEFT JOIN plan.word AS word ON word.remedy = rejected.remedy AND word.subject_id = rejected.subject_id
  LEFT JOIN again_word
    ON again_word.item_id
      = rejected.episode_id || ':again:' || rejected.target_id || ':' || rejected.next_version
  LEFT JOIN card.step AS step ON step.remedy = rejected.remedy AND step.step = rejected.first_step
  LEFT JOIN plan.target AS own
    ON own.kind = step.targets AND own.person_id = episodes.person_id AND own.target_id = rejected.target_id
  LEFT JOIN facts.person_marks AS marks ON marks.person_id = rejected.person_id
  ANTI JOIN plan.upkeep AS upkeep ON upkeep.episode_id = rejected.episode_id AND upkeep.target_id = rejected.target_id
  -- What is on again by a later episode is not to be taken back.
  ANTI JOIN plan.sent AS sent
    ON sent.remedy = CASE WHEN rejected.takes_back THEN rejected.remedy END
    AND sent.subject_id = rejected.subject_id AND sent.target_id = rejected.target_id
  WHERE rejected.takes_back
    OR (episodes.closed_on IS NULL AND verdict.person_id IS NOT DISTINCT FROM episodes.person_id
      AND verdict.subject_id IS NOT NULL)
),
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
  UNION ALL
  SELECT
    episode_id, remedy, subject_id, case_id, person_id, 'again', kind, queue, message, target_id, next_version, status,
    rejected_on,
    list_filter([
      reason,
      'rejected ' || times || CASE WHEN times = 1 THEN ' time' ELSE ' times' END || ', last on ' || rejected_on
    ], lambda one: one IS NOT NULL),
    CASE WHEN status = 'due' THEN NULL ELSE 'supervisor' END,
    CASE WHEN takes_back THEN amount_cents ELSE coalesce(amount_today_cents, amount_cents) END,
    takes_back AND status = 'due'
  FROM again
  WHERE status <> 'settled'
),
again_case AS (
  SELECT cases.case_id, cases.office, cases.worker
  FROM caseload.cases AS cases
  SEMI JOIN again ON again.case_id = cases.case_id
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
    -- What was rejected stands for nobody: it is told, whoever else holds the target.
    (act.kind = 'release' OR act.kind = 'send' AND act.step <> 'again')
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
  coalesce(verdict.office, party.office, cases.office)                          AS office,
  coalesce(verdict.worker, party.worker, cases.worker)                          AS worker,
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
-- Of an episode that is over no verdict tells whose it is.
LEFT JOIN again_case AS cases ON cases.case_id = judged.case_id
