-- One row per remedy and subject of which a person has spoken: the last hold or rejection that names no
-- episode, and whether anything of it was ever rejected.
SELECT
  remedy,
  subject_id,
  arg_max(decision, position) FILTER (episode_id = '')   AS decision,
  arg_max(until_on, position) FILTER (episode_id = '')   AS until_on,
  arg_max(facts_hash, position) FILTER (episode_id = '') AS facts_hash,
  bool_or(decision = 'reject')                           AS was_rejected
FROM ledger.decisions
WHERE remedy <> ''
GROUP BY remedy, subject_id
