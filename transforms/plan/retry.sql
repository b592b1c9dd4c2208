-- One row per notice that came back: it goes out again, as its next version, when a person who has looked for a
-- better address says so, and not sooner after the last try than the policy's days.
SELECT
  mail.episode_id,
  mail.remedy,
  mail.subject_id,
  step.step,
  step.queue,
  step.message,
  mail.target_id,
  mail.version + 1                                                              AS version,
  mail.sent_on + CAST(policy.retry_after_days AS INTEGER)                       AS due_on,
  coalesce(step.needs, 'caseworker')                                            AS needs,
  [mail.status]                                                                 AS because,
  CASE
    WHEN decision.decision = 'hold' AND coalesce(decision.until_on >= $as_of, true) THEN 'held'
    WHEN word.decision = 'hold' AND coalesce(word.until_on >= $as_of, true) THEN 'held'
    WHEN verdict.release_verdict = 'flag' THEN 'stayed'
    WHEN verdict.stay_verdict = 'unknown' THEN 'unknown'
    WHEN verdict.stay_verdict = 'clear' THEN 'stayed'
    WHEN decision.decision = 'approve' AND decision.decided_on > mail.sent_on
      AND decision.facts_hash IS NOT DISTINCT FROM verdict.facts_hash
      THEN CASE
        WHEN $as_of >= mail.sent_on + CAST(policy.retry_after_days AS INTEGER) THEN 'due'
        ELSE 'waits'
      END
    ELSE 'needs_person'
  END                                                                           AS status
FROM plan.mail AS mail
JOIN plan.progress AS progress USING (episode_id)
JOIN plan.verdict AS verdict ON verdict.remedy = mail.remedy AND verdict.subject_id = mail.subject_id
JOIN card.step AS step ON step.remedy = mail.remedy AND step.step = mail.step
CROSS JOIN card.policy AS policy
LEFT JOIN plan.decision AS decision ON decision.episode_id = mail.episode_id AND decision.step = mail.step
LEFT JOIN plan.word AS word ON word.remedy = mail.remedy AND word.subject_id = mail.subject_id
WHERE mail.kind = 'notice'
  AND mail.status IN ('returned', 'unserved')
  AND NOT progress.was_released
  AND progress.person_id IS NOT DISTINCT FROM verdict.person_id
