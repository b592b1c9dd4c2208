-- One row per live episode: those open in the ledger, and those that tonight's flags open.
-- A person's rejection keeps the same ground from coming back; changed facts bring it back to a person. Nothing
-- begins that would have to be taken back.
WITH
last_episode AS (
  SELECT remedy, subject_id, max(ordinal) AS ordinal
  FROM ledger.episodes
  GROUP BY remedy, subject_id
),
earlier AS (
  SELECT episodes.*
  FROM ledger.episodes AS episodes
  JOIN last_episode USING (remedy, subject_id, ordinal)
),
rejected AS (
  SELECT DISTINCT episodes.remedy, episodes.subject_id, decision.facts_hash
  FROM plan.decision AS decision
  JOIN ledger.episodes AS episodes USING (episode_id)
  WHERE decision.decision = 'reject'
  UNION
  SELECT remedy, subject_id, facts_hash
  FROM plan.word
  WHERE decision = 'reject'
)
SELECT
  verdict.remedy,
  verdict.subject_id,
  verdict.case_id,
  verdict.person_id,
  coalesce(earlier.ordinal, 0) + 1                                                         AS ordinal,
  verdict.remedy || ':' || verdict.subject_id || ':' || (coalesce(earlier.ordinal, 0) + 1) AS episode_id,
  $as_of                                                                                   AS opened_on,
  verdict.facts_hash,
  true                                                                                     AS is_new
FROM plan.verdict AS verdict
LEFT JOIN earlier USING (remedy, subject_id)
ANTI JOIN rejected
  ON rejected.remedy = verdict.remedy AND rejected.subject_id = verdict.subject_id
  AND rejected.facts_hash = verdict.facts_hash
WHERE verdict.enter_verdict = 'flag'
  AND verdict.release_verdict <> 'flag'
  AND (earlier.episode_id IS NULL OR earlier.closed_on IS NOT NULL)
UNION ALL
SELECT remedy, subject_id, case_id, person_id, ordinal, episode_id, opened_on, facts_hash, false
FROM earlier
WHERE closed_on IS NULL
