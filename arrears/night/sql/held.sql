-- Whom something that was said or begun still holds: an episode is open, or a partner was told and not yet told the end.
WITH
taken_back AS (
  SELECT episode_id, target_id
  FROM ledger.published
  WHERE kind = 'release'
)
SELECT remedy, subject_id
FROM ledger.episodes
WHERE closed_on IS NULL
UNION
SELECT published.remedy, published.subject_id
FROM ledger.published AS published
ANTI JOIN taken_back USING (episode_id, target_id)
WHERE published.kind IN ('send', 'update')
