-- The steps of an act, item or open episode, once a step; of an episode that does nothing but release, the episode itself.
WITH act AS (
  SELECT
    episode_id,
    remedy,
    subject_id,
    step,
    any_value(facts_hash) AS facts_hash,
    coalesce(any_value(needs), 'caseworker') AS needs,
    min(CASE kind WHEN 'release' THEN 1 ELSE 0 END) AS is_release
  FROM read_parquet($acts)
  WHERE $item IN (episode_id, action_id, episode_id || ':' || step)
  GROUP BY ALL
)
SELECT * FROM act
UNION ALL
SELECT episode_id, remedy, subject_id, '', facts_hash, 'caseworker', 0
FROM read_parquet($episodes)
WHERE episode_id = $item AND NOT EXISTS (FROM act WHERE is_release = 0)
ORDER BY step
