-- Every act that was sent in a record of its own through the queues whose partners answer, also before this system
-- (batch 0). What another act's record only covers carries nothing, and is answered with that one.
SELECT
  action_id,
  remedy,
  subject_id,
  case_id,
  person_id,
  episode_id,
  queue,
  step,
  message,
  target_id,
  -- The number alone, where a target also names its kind.
  regexp_replace(target_id, '^[^:]*:', '') AS target_number,
  published_on,
  version,
  batch_no,
  TRY_CAST(carry AS JSON) AS carry
FROM ledger.published
WHERE list_contains($queues, queue) AND (batch_no = 0 OR carry <> '')
