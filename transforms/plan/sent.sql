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
  arg_max(published.step, published.version)            AS step,
  -- By what it was laid on, and the marks of number and name under which it was told last.
  arg_max(published.step, published.version) FILTER (published.kind = 'send' AND published.step <> 'again') AS first_step,
  arg_max(published.message, published.version) FILTER (published.kind = 'send') AS first_message,
  arg_max(coalesce(published.words -> 'identity' ->> 'number', published.words ->> 'person_token'), published.version)
                                                        AS number_sent,
  arg_max(published.words -> 'identity' ->> 'name', published.version) AS name_sent,
  arg_max(published.words -> 'identity' ->> 'birth', published.version) AS birth_sent,
  coalesce(arg_max(published.words ->> 'moved', published.version), '') = 'true' AS is_moved
FROM (SELECT *, TRY_CAST(carry AS JSON) AS words FROM ledger.published WHERE kind IN ('send', 'update')) AS published
ANTI JOIN taken_back USING (episode_id, target_id)
GROUP BY ALL
