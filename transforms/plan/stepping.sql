-- One row per live episode and target: the next step and whether it may be taken tonight.
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
    WHEN step.kind = 'review' AND verdict.enter_verdict = 'unknown' THEN 'unknown'
    WHEN step.kind = 'review' THEN 'needs_person'
    WHEN verdict.stay_verdict = 'unknown' THEN 'unknown'
    WHEN verdict.stay_verdict = 'clear' THEN 'stayed'
    WHEN NOT progress.anything_published AND verdict.enter_verdict <> 'flag' AND decision.decision IS NULL
      THEN 'stayed'
    WHEN step.clock_days IS NOT NULL AND clock.notice_status IN ('returned', 'unserved') THEN 'unserved'
    WHEN step.clock_days IS NOT NULL AND clock.window_is_closed IS NULL THEN 'unknown'
    WHEN step.clock_days IS NOT NULL AND NOT clock.window_is_closed THEN 'waits'
    WHEN (step.needs IS NOT NULL OR verdict.readings_part AND NOT progress.anything_published)
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
WHERE NOT progress.was_released
