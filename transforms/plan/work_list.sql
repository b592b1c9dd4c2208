-- One row per thing that a person should look at: what it is about, and why it is here.
WITH
step_line AS (
  SELECT
    episode_id || ':' || step                                        AS item_id,
    CASE status
      WHEN 'needs_person' THEN CASE WHEN kind = 'ask' THEN 'review' ELSE 'approval' END
      WHEN 'unserved' THEN 'unserved_notice'
      ELSE status
    END                                                              AS kind,
    remedy, subject_id, any_value(case_id) AS case_id, any_value(person_id) AS person_id,
    any_value(office) AS office, any_value(worker) AS worker, episode_id, step,
    CASE WHEN status = 'needs_person' THEN coalesce(any_value(needs), 'caseworker') ELSE 'caseworker' END AS needs,
    any_value(amount_cents)                                          AS amount_cents,
    max(due_on)                                                      AS due_on,
    any_value(because)                                               AS because,
    any_value(facts_hash)                                            AS facts_hash,
    bool_or(readings_part)                                           AS readings_part
  FROM plan.actions
  WHERE status IN ('needs_person', 'unknown', 'unserved', 'held')
  GROUP BY plan.actions.kind, status, remedy, subject_id, episode_id, step
),
not_known AS (
  SELECT
    verdict.remedy || ':' || verdict.subject_id || ':unknown'        AS item_id,
    'unknown'                                                        AS kind,
    verdict.remedy, verdict.subject_id, verdict.case_id, verdict.person_id, verdict.office, verdict.worker,
    NULL AS episode_id, NULL AS step, 'caseworker' AS needs, verdict.amount_cents, NULL AS due_on,
    verdict.enter_because AS because, verdict.facts_hash, verdict.readings_part
  FROM plan.verdict AS verdict
  ANTI JOIN plan.episode AS episode USING (remedy, subject_id)
  WHERE verdict.enter_verdict = 'unknown'
),
parted AS (
  SELECT
    verdict.remedy || ':' || verdict.subject_id || ':readings'       AS item_id,
    'readings_part'                                                  AS kind,
    verdict.remedy, verdict.subject_id, verdict.case_id, verdict.person_id, verdict.office, verdict.worker,
    NULL AS episode_id, NULL AS step, 'supervisor' AS needs, verdict.amount_cents, NULL AS due_on,
    verdict.enter_because AS because, verdict.facts_hash, true AS readings_part
  FROM plan.verdict AS verdict
  ANTI JOIN plan.episode AS episode USING (remedy, subject_id)
  WHERE verdict.readings_part
),
doubtful AS (
  SELECT
    'match:' || feed || ':' || source_file || ':' || source_line || ':' || person_id AS item_id,
    'doubtful_match' AS kind,
    NULL AS remedy, person_id AS subject_id, NULL AS case_id, person_id, NULL AS office, NULL AS worker,
    NULL AS episode_id, NULL AS step, 'caseworker' AS needs, NULL AS amount_cents, NULL AS due_on,
    [reason] AS because, NULL AS facts_hash, false AS readings_part
  FROM match.candidates
),
fact_line AS (
  SELECT
    line.kind || ':' || facts.case_id AS item_id,
    line.kind,
    NULL AS remedy, facts.subject_id, facts.case_id, facts.person_id, facts.office, facts.worker,
    NULL AS episode_id, NULL AS step, 'caseworker' AS needs, facts.past_due_cents AS amount_cents,
    NULL AS due_on, [line.why] AS because, NULL AS facts_hash, false AS readings_part
  FROM facts.case_facts AS facts
  CROSS JOIN LATERAL (
    VALUES
      ('balance_in_doubt', 'the balance does not agree with charges and receipts',
        facts.balance_is_trusted IS NOT DISTINCT FROM false),
      ('late_hearing', 'a hearing was asked for after its window had closed',
        facts.hearing_requested_late_on IS NOT NULL AND facts.case_is_open),
      ('employer_found', 'a new employer reported this parent',
        facts.new_hire_on IS NOT NULL AND facts.case_is_open),
      ('bank_found', 'a bank reported an account of this parent',
        coalesce(facts.bank_account_count, 0) > 0 AND facts.case_is_open)
  ) AS line (kind, why, is_so)
  WHERE line.is_so
),
-- Where the law would give back what the guide keeps, a person sees it.
law_would_release AS (
  SELECT
    verdict.remedy || ':' || verdict.subject_id || ':release_readings' AS item_id,
    'readings_part'                                                    AS kind,
    verdict.remedy, verdict.subject_id, verdict.case_id, verdict.person_id, verdict.office, verdict.worker,
    NULL AS episode_id, NULL AS step, 'supervisor' AS needs, verdict.amount_cents, NULL AS due_on,
    verdict.release_because AS because, verdict.facts_hash, true AS readings_part
  FROM plan.verdict AS verdict
  SEMI JOIN plan.sent AS sent USING (remedy, subject_id)
  WHERE verdict.release_readings_part
)
SELECT * FROM step_line
UNION ALL BY NAME SELECT * FROM law_would_release
UNION ALL BY NAME SELECT * FROM not_known
UNION ALL BY NAME SELECT * FROM parted
UNION ALL BY NAME SELECT * FROM doubtful
UNION ALL BY NAME SELECT * FROM fact_line
