-- One row per thing that a person should look at: what it is about, and why it is here.
WITH
step_line AS (
  SELECT
    episode_id || ':' || step                                        AS item_id,
    CASE status
      WHEN 'needs_person' THEN CASE
        WHEN kind = 'ask' THEN 'review'
        WHEN kind = 'notice' AND version > 1 THEN 'unserved_notice'
        ELSE 'approval'
      END
      ELSE status
    END                                                              AS kind,
    remedy, subject_id, any_value(case_id) AS case_id, any_value(person_id) AS person_id,
    any_value(office) AS office, any_value(worker) AS worker, episode_id, step,
    CASE WHEN status = 'needs_person' THEN coalesce(any_value(needs), 'caseworker') ELSE 'caseworker' END AS needs,
    any_value(amount_cents)                                          AS amount_cents,
    max(due_on)                                                      AS due_on,
    any_value(because)                                               AS because,
    any_value(facts_hash)                                            AS facts_hash,
    bool_or(readings_differ)                                         AS readings_differ
  FROM plan.actions
  WHERE status IN ('needs_person', 'unknown', 'held') AND step <> 'again'
  GROUP BY plan.actions.kind, version, status, remedy, subject_id, episode_id, step
),
-- What a partner rejected, each target of its own: a person mends it and says that it goes out again.
rejected_line AS (
  SELECT
    action_id                                                        AS item_id,
    CASE
      WHEN status <> 'needs_person' THEN status
      WHEN kind = 'release' THEN 'release_rejected'
      ELSE 'partner_reject'
    END                                                              AS kind,
    remedy, subject_id, case_id, person_id, office, worker, episode_id, step, 'supervisor' AS needs,
    amount_cents, due_on, because, facts_hash, readings_differ
  FROM plan.actions
  WHERE status IN ('needs_person', 'unknown', 'held') AND step = 'again'
),
-- An episode that ends tonight says nothing tomorrow: what is still to be decided stands on tonight's list.
going_on AS (
  SELECT remedy, subject_id
  FROM plan.episode
  ANTI JOIN plan.ending AS ending USING (episode_id)
),
not_known AS (
  SELECT
    verdict.remedy || ':' || verdict.subject_id || ':unknown'        AS item_id,
    'unknown'                                                        AS kind,
    verdict.remedy, verdict.subject_id, verdict.case_id, verdict.person_id, verdict.office, verdict.worker,
    NULL AS episode_id, NULL AS step, 'caseworker' AS needs, verdict.amount_cents, NULL AS due_on,
    verdict.enter_because AS because, verdict.facts_hash, verdict.readings_differ
  FROM plan.verdict AS verdict
  ANTI JOIN going_on USING (remedy, subject_id)
  WHERE verdict.enter_verdict = 'unknown'
),
parted AS (
  SELECT
    verdict.remedy || ':' || verdict.subject_id || ':readings'       AS item_id,
    'readings_differ'                                                AS kind,
    verdict.remedy, verdict.subject_id, verdict.case_id, verdict.person_id, verdict.office, verdict.worker,
    NULL AS episode_id, NULL AS step, 'supervisor' AS needs, verdict.amount_cents, NULL AS due_on,
    verdict.enter_because AS because, verdict.facts_hash, true AS readings_differ
  FROM plan.verdict AS verdict
  ANTI JOIN going_on USING (remedy, subject_id)
  WHERE verdict.readings_differ
),
-- The same record in another file, or twice in one, is one question.
doubtful AS (
  SELECT
    'match:' || feed || ':' || person_id || ':' || replace(replace(reason, ',', ''), ' ', '_') AS item_id,
    'doubtful_match' AS kind,
    NULL AS remedy, person_id AS subject_id, NULL AS case_id, person_id, NULL AS office, NULL AS worker,
    NULL AS episode_id, NULL AS step, 'caseworker' AS needs, NULL AS amount_cents, NULL AS due_on,
    [reason] AS because,
    sha256(string_agg(DISTINCT record_hash, ',' ORDER BY record_hash)) AS facts_hash,
    false AS readings_differ
  FROM match.candidates
  GROUP BY feed, person_id, reason
),
-- What must reach its partner the same day, whatever keeps or carries it; a person sees to it.
urgent AS (
  SELECT
    action_id || ':urgent' AS item_id, 'urgent_release' AS kind,
    remedy, subject_id, case_id, person_id, office, worker, episode_id, step, 'supervisor' AS needs,
    amount_cents, $as_of AS due_on, because, facts_hash, false AS readings_differ
  FROM plan.actions
  WHERE is_urgent AND NOT is_covered
),
-- Each anchor brings a line of its own.
deadline_line AS (
  SELECT
    'deadline_' || late.status || ':' || late.deadline || ':' || late.subject_id || ':' || late.anchor_on AS item_id,
    'deadline_' || late.status AS kind,
    NULL AS remedy, late.subject_id, late.case_id, late.person_id, late.office, late.worker,
    NULL AS episode_id, NULL AS step, late.needs, NULL AS amount_cents, late.ends_on AS due_on,
    [late.said] AS because, NULL AS facts_hash, false AS readings_differ
  FROM plan.deadlines AS late
  WHERE late.status IN ('due_soon', 'overdue')
),
-- Where the law would give back what the guide keeps, a person sees it.
law_would_release AS (
  SELECT
    verdict.remedy || ':' || verdict.subject_id || ':release_readings' AS item_id,
    'readings_differ'                                                  AS kind,
    verdict.remedy, verdict.subject_id, verdict.case_id, verdict.person_id, verdict.office, verdict.worker,
    NULL AS episode_id, NULL AS step, 'supervisor' AS needs, verdict.amount_cents, NULL AS due_on,
    verdict.release_because AS because, verdict.facts_hash, true AS readings_differ
  FROM plan.verdict AS verdict
  SEMI JOIN plan.sent AS sent USING (remedy, subject_id)
  WHERE verdict.release_readings_differ
),
every AS (
  SELECT * FROM step_line
  UNION ALL BY NAME SELECT * FROM rejected_line
  UNION ALL BY NAME SELECT * FROM law_would_release
  UNION ALL BY NAME SELECT * FROM not_known
  UNION ALL BY NAME SELECT * FROM parted
  UNION ALL BY NAME SELECT * FROM doubtful
  UNION ALL BY NAME SELECT * FROM urgent
  UNION ALL BY NAME SELECT * FROM deadline_line
  UNION ALL BY NAME SELECT * FROM plan.kinds
),
-- The last word of a person on a line that no episode carries: it does not come back while the facts that it rested
-- on are the same, nor while a hold runs. An approval settles a deadline, and lifts what was said of anything else.
settled AS (
  SELECT
    item_id,
    arg_max(decision, position)   AS decision,
    arg_max(until_on, position)   AS until_on,
    arg_max(facts_hash, position) AS facts_hash
  FROM ledger.decisions
  WHERE coalesce(episode_id, '') = ''
  GROUP BY item_id
)
SELECT every.*
FROM every
ANTI JOIN settled
  ON settled.item_id = every.item_id
  AND every.episode_id IS NULL
  AND coalesce(settled.facts_hash, '') = coalesce(every.facts_hash, '')
  AND CASE settled.decision
    WHEN 'hold' THEN coalesce(settled.until_on >= $as_of, true)
    WHEN 'reject' THEN true
    ELSE starts_with(every.kind, 'deadline_')
  END
