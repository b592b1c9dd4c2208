-- One row per live episode: how far it has come, and the step that is next.
WITH
published AS (
  SELECT
    published.episode_id,
    max(step.step_no)                                              AS step_no,
    bool_or(published.kind IN ('send', 'update'))                  AS was_sent,
    bool_or(published.kind = 'release')                            AS was_released
  FROM ledger.published AS published
  LEFT JOIN card.step AS step USING (remedy, step)
  GROUP BY published.episode_id
),
approved AS (
  SELECT decision.episode_id, max(step.step_no) AS step_no
  FROM plan.decision AS decision
  JOIN plan.episode AS episode USING (episode_id)
  JOIN plan.verdict AS verdict USING (remedy, subject_id)
  JOIN card.step AS step ON step.remedy = episode.remedy AND step.step = decision.step
  WHERE step.kind = 'review' AND decision.decision = 'approve' AND decision.facts_hash = verdict.facts_hash
  GROUP BY decision.episode_id
),
held AS (
  SELECT episode_id, count(*) AS targets
  FROM plan.sent
  GROUP BY episode_id
)
SELECT
  episode.*,
  published.episode_id IS NOT NULL                                            AS anything_published,
  coalesce(published.was_sent, false)                                         AS was_sent,
  coalesce(held.targets, 0) > 0                                               AS is_held_by_partner,
  coalesce(published.was_released, false)                                     AS was_released,
  greatest(coalesce(published.step_no, 0), coalesce(approved.step_no, 0)) + 1 AS next_step_no
FROM plan.episode AS episode
LEFT JOIN published USING (episode_id)
LEFT JOIN approved USING (episode_id)
LEFT JOIN held USING (episode_id)
