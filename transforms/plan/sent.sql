-- One row per episode and target that a partner holds: what was last said, and not yet taken back.
WITH
taken_back AS (
  SELECT episode_id, target_id
  FROM ledger.published
  WHERE kind = 'release'
)
SELECT
  published.episode_id,
  published.remedy,
  published.subject_id,
  published.queue,
  published.target_id,
  max(published.version)                                AS version,
  arg_max(published.amount_cents, published.version)    AS amount_cents,
  arg_max(published.published_on, published.version)    AS published_on,
  arg_max(published.said_hash, published.version)       AS said_hash,
  arg_max(published.step, published.version)            AS step
FROM ledger.published AS published
ANTI JOIN taken_back USING (episode_id, target_id)
WHERE published.kind IN ('send', 'update')
GROUP BY ALL
