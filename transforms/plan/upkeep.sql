-- One row per target that a partner holds and that must hear again: a release, else a changed amount or
-- the month's line. A lower amount is told even under a stay; a higher one is not.
SELECT
  sent.episode_id,
  sent.remedy,
  sent.subject_id,
  sent.target_id,
  CASE WHEN verdict.release_verdict = 'flag' THEN 'release' ELSE 'update' END              AS kind,
  CASE WHEN verdict.release_verdict = 'flag' THEN 'release' ELSE 'update' END              AS step,
  sent.queue,
  CASE WHEN verdict.release_verdict = 'flag' THEN card.release_message ELSE card.update_message END AS message,
  CASE WHEN verdict.release_verdict = 'flag' THEN 1 ELSE sent.version + 1 END              AS version,
  CASE WHEN verdict.release_verdict = 'flag' THEN verdict.release_because ELSE verdict.stay_because END AS because
FROM plan.sent AS sent
JOIN plan.episode AS episode USING (episode_id)
JOIN plan.verdict AS verdict ON verdict.remedy = sent.remedy AND verdict.subject_id = sent.subject_id
JOIN card.card AS card ON card.remedy = sent.remedy
WHERE verdict.release_verdict = 'flag'
  OR (
    card.update_on = 'change'
    AND verdict.amount_cents // card.update_unit_cents <> sent.amount_cents // card.update_unit_cents
    AND (verdict.stay_verdict = 'flag' OR verdict.amount_cents < sent.amount_cents)
  )
  OR (
    card.update_on = 'month'
    AND date_trunc('month', $as_of) > date_trunc('month', sent.published_on)
    AND verdict.stay_verdict = 'flag'
  )
