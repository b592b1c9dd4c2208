-- One row per live episode, step and target within reach and not yet told: the step that is next, and those
-- before it of which another target has come to be known.
WITH
within AS (
  SELECT progress.episode_id, progress.remedy, progress.subject_id, step.step_no, step.step, step.targets
  FROM plan.progress AS progress
  JOIN card.step AS step
    ON step.remedy = progress.remedy
    AND (step.step_no = progress.next_step_no
      OR (step.step_no < progress.next_step_no AND step.targets <> 'self'))
  WHERE NOT progress.was_released
),
target AS (
  SELECT within.* EXCLUDE (targets), known.target_id
  FROM within
  JOIN plan.verdict AS verdict USING (remedy, subject_id)
  JOIN plan.target AS known ON known.kind = within.targets AND known.person_id = verdict.person_id
  UNION ALL
  SELECT within.* EXCLUDE (targets), subject_id
  FROM within
  WHERE targets = 'self'
)
SELECT target.*
FROM target
ANTI JOIN ledger.published AS told
  ON told.episode_id = target.episode_id AND told.step = target.step AND told.target_id = target.target_id
