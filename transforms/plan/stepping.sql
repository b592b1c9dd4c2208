-- One row per live episode and target not yet told: a step within reach, and whether it may be taken tonight.
SELECT
  progress.episode_id,
  progress.remedy,
  progress.subject_id,
  progress.is_new,
  step.step,
  step.kind,
  step.queue,
  step.message,
  reach.target_id,
  step.needs,
  clock.window_ends_on,
  clock.notice_status,
  CASE
    WHEN decision.decision = 'hold' AND coalesce(decision.until_on >= $as_of, true) THEN 'held'
    WHEN word.decision = 'hold' AND coalesce(word.until_on >= $as_of, true) THEN 'held'
    WHEN step.kind = 'review' AND verdict.enter_verdict = 'unknown' THEN 'unknown'
    WHEN step.kind = 'review' AND step.clock_key IS NOT NULL AND clock.window_is_closed IS NULL THEN 'unknown'
    WHEN step.kind = 'review' AND step.clock_key IS NOT NULL AND NOT clock.window_is_closed THEN 'waits'
    WHEN step.kind = 'review' THEN 'needs_person'
    WHEN verdict.release_verdict = 'flag' THEN 'stayed'
    WHEN verdict.stay_verdict = 'unknown' THEN 'unknown'
    WHEN verdict.stay_verdict = 'clear' THEN 'stayed'
    -- Nobody has heard of it yet, or the step lays the burden on by itself: the ground must stand today.
    WHEN (step.ground = 'enter' OR NOT progress.anything_published) AND verdict.enter_verdict = 'unknown'
      THEN 'unknown'
    WHEN (step.ground = 'enter' OR NOT progress.anything_published) AND verdict.enter_verdict = 'clear'
      THEN 'stayed'
    WHEN step.clock_key IS NOT NULL AND clock.notice_status IN ('returned', 'unserved') THEN 'unserved'
    WHEN step.clock_key IS NOT NULL AND clock.window_is_closed IS NULL THEN 'unknown'
    WHEN step.clock_key IS NOT NULL AND NOT clock.window_is_closed THEN 'waits'
    WHEN (
        step.needs IS NOT NULL
        OR (NOT progress.anything_published AND (verdict.readings_differ OR coalesce(word.was_rejected, false)))
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
FROM plan.reach AS reach
JOIN plan.progress AS progress USING (episode_id)
JOIN plan.verdict AS verdict ON verdict.remedy = reach.remedy AND verdict.subject_id = reach.subject_id
JOIN card.step AS step ON step.remedy = reach.remedy AND step.step_no = reach.step_no
LEFT JOIN plan.clock AS clock ON clock.episode_id = reach.episode_id AND clock.step = reach.step
LEFT JOIN plan.decision AS decision
  ON decision.episode_id = reach.episode_id AND decision.step = reach.step
LEFT JOIN plan.word AS word ON word.remedy = reach.remedy AND word.subject_id = reach.subject_id
WHERE progress.person_id IS NOT DISTINCT FROM verdict.person_id
