-- By which remedies each subject is held: an episode is open, or a partner was told and not yet told the end; and by
-- which anything was ever said of it.
WITH
taken_back AS (
  SELECT episode_id, target_id
  FROM ledger.published
  WHERE kind = 'release'
),
known AS (
  SELECT subject_id, remedy, true AS is_held, false AS is_told
  FROM ledger.episodes
  WHERE closed_on IS NULL
  UNION ALL
  SELECT published.subject_id, published.remedy, true, false
  FROM ledger.published AS published
  ANTI JOIN taken_back USING (episode_id, target_id)
  WHERE published.kind IN ('send', 'update')
  UNION ALL
  SELECT subject_id, remedy, false, true
  FROM ledger.published
)
SELECT
  subject_id,
  list(DISTINCT remedy) FILTER (is_held) AS held_remedies,
  list(DISTINCT remedy) FILTER (is_told) AS told_remedies
FROM known
GROUP BY subject_id
