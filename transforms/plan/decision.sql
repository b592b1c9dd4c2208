-- One row per episode and step: the latest word of a person on it.
SELECT
  episode_id,
  step,
  arg_max(decision, position)   AS decision,
  arg_max(until_on, position)   AS until_on,
  arg_max(decided_on, position) AS decided_on,
  arg_max(facts_hash, position) AS facts_hash
FROM ledger.decisions
WHERE episode_id <> ''
GROUP BY episode_id, step
