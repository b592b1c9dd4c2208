-- Every line that two runs do not say the same of, with what each says.
SELECT
  list,
  key,
  coalesce(now.remedy, was.remedy) AS remedy,
  coalesce(now.subject_id, was.subject_id) AS subject_id,
  coalesce(now.case_id, was.case_id) AS case_id,
  coalesce(now.person_id, was.person_id) AS person_id,
  coalesce(now.office, was.office) AS office,
  coalesce(now.worker, was.worker) AS worker,
  coalesce(now.kind, was.kind) AS kind,
  was.says AS was,
  now.says AS now,
  was.amount_cents AS was_cents,
  now.amount_cents AS now_cents,
  was.enter_verdict AS enter_was,
  now.enter_verdict AS enter_now
FROM query_table($was) AS was
FULL JOIN query_table($now) AS now USING (list, key)
WHERE was.signature IS DISTINCT FROM now.signature
