-- One row per live episode that ends, and why. Nothing was said: the ground need only be gone. A notice
-- was said: its own release conditions decide. A partner was told: it ends when the release was published.
-- A kept payment agreement after a notice ends the episode where a broken one calls for a new notice; else
-- the episode stands still under it and goes on when it is broken.
SELECT
  progress.episode_id,
  progress.remedy,
  progress.subject_id,
  CASE
    WHEN progress.was_released AND NOT progress.is_held_by_partner THEN 'released'
    WHEN rejected.episode_id IS NOT NULL THEN 'rejected'
    WHEN subject.agreement_is_kept AND card.broken_agreement = 'new_notice' THEN 'agreement'
    ELSE 'ground gone'
  END AS close_reason
FROM plan.progress AS progress
LEFT JOIN plan.verdict AS verdict USING (remedy, subject_id)
LEFT JOIN plan.party AS party USING (episode_id)
LEFT JOIN facts.same_people AS same
  ON same.person_id = verdict.person_id AND same.other_id = progress.person_id
JOIN card.card AS card ON card.remedy = progress.remedy
LEFT JOIN card.subject AS subject
  ON subject.remedy = progress.remedy AND subject.subject_id = progress.subject_id
LEFT JOIN (
  SELECT DISTINCT decision.episode_id
  FROM plan.decision AS decision
  JOIN plan.episode AS episode USING (episode_id)
  JOIN plan.verdict AS verdict USING (remedy, subject_id)
  WHERE decision.decision = 'reject' AND decision.facts_hash IS NOT DISTINCT FROM verdict.facts_hash
) AS rejected USING (episode_id)
WHERE NOT progress.is_new
  -- Of a subject of which tonight says nothing, only what became another parent's case ends by itself.
  AND (verdict.subject_id IS NOT NULL OR party.episode_id IS NOT NULL)
  AND NOT progress.is_held_by_partner
  AND (
    progress.was_released
    OR rejected.episode_id IS NOT NULL
    OR (
      verdict.release_verdict = 'flag'
      AND NOT coalesce(
        card.broken_agreement = 'go_on' AND subject.agreement_is_kept AND progress.anything_published, false)
    )
    OR (card.broken_agreement = 'new_notice' AND subject.agreement_is_kept AND progress.anything_published)
    OR party.episode_id IS NOT NULL
    OR progress.person_id IS DISTINCT FROM verdict.person_id AND same.other_id IS NULL
    OR (NOT progress.anything_published AND verdict.enter_verdict = 'clear')
  )
