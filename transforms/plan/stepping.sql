-- One row per live episode and target not yet told: the next step and whether it may be taken tonight.
WITH
target AS (
  SELECT progress.episode_id, step.step_no, known.target_id
  FROM plan.progress AS progress
  JOIN plan.verdict AS verdict USING (remedy, subject_id)
  JOIN card.step AS step ON step.remedy = progress.remedy AND step.step_no = progress.next_step_no
  JOIN plan.target AS known ON known.kind = step.targets AND known.person_id = verdict.person_id
  UNION ALL
  SELECT progress.episode_id, step.step_no, progress.subject_id
  FROM plan.progress AS progress
  JOIN card.step AS step ON step.remedy = progress.remedy AND step.step_no = progress.next_step_no
  WHERE step.targets = 'self'
)
SELECT
  progress.episode_id,
  progress.remedy,
  progress.subject_id,
  progress.is_new,
  step.step,
  step.kind,
  step.queue,
  step.message,
  target.target_id,
  step.needs,
  clock.window_ends_on,
  clock.notice_status,
  CASE
    WHEN decision.decision = 'hold' AND coalesce(decision.until_on >= $as_of, true) THEN 'held'
    WHEN word.decision = 'hold' AND coalesce(word.until_on >= $as_of, true) THEN 'held'
    WHEN step.kind = 'review' AND verdict.enter_verdict = 'unknown' THEN 'unknown'
    WHEN step.kind = 'review' THEN 'needs_person'
    WHEN verdict.stay_verdict = 'unknown' THEN 'unknown'
    WHEN verdict.stay_verdict = 'clear' THEN 'stayed'
    -- Nobody has heard of it yet, or the step lays the burden on by itself: the ground must stand today.
    WHEN (step.ground = 'enter' OR NOT progress.anything_published) AND verdict.enter_verdict = 'unknown'
      THEN 'unknown'
    WHEN (step.ground = 'enter' OR NOT progress.anything_published) AND verdict.enter_verdict = 'clear'
      THEN 'stayed'
    WHEN step.clock_days IS NOT NULL AND clock.notice_status IN ('returned', 'unserved') THEN 'unserved'
    WHEN step.clock_days IS NOT NULL AND clock.window_is_closed IS NULL THEN 'unknown'
    WHEN step.clock_days IS NOT NULL AND NOT clock.window_is_closed THEN 'waits'
    WHEN (
        step.needs IS NOT NULL
        OR (NOT progress.anything_published AND (verdict.readings_part OR coalesce(word.was_rejected, false)))
      )
      AND (decision.decision IS NULL OR decision.decision <> 'approve'
        OR decision.facts_hash IS DISTINCT FROM verdict.facts_hash)
      THEN 'needs_person'
    ELSE 'due'
  END                                                                           AS status,
  CASE
    WHEN step.kind = 'review' AND verdict.enter_verdict = 'unknown' THEN verdict.enter_because
    WHEN verdict.stay_verdict <> 'flag' THEN verdict.stay_because
    ELSE verdict.enter_because
  END                                                                           AS because
FROM plan.progress AS progress
JOIN plan.verdict AS verdict USING (remedy, subject_id)
JOIN card.step AS step ON step.remedy = progress.remedy AND step.step_no = progress.next_step_no
JOIN target ON target.episode_id = progress.episode_id
LEFT JOIN plan.clock AS clock ON clock.episode_id = progress.episode_id
LEFT JOIN plan.decision AS decision
  ON decision.episode_id = progress.episode_id AND decision.step = step.step
LEFT JOIN plan.word AS word ON word.remedy = progress.remedy AND word.subject_id = progress.subject_id
ANTI JOIN ledger.published AS told
  ON told.episode_id = progress.episode_id AND told.step = step.step AND told.target_id = target.target_id
WHERE NOT progress.was_released
  AND progress.person_id IS NOT DISTINCT FROM verdict.person_id
