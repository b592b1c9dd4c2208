-- What nobody's verdicts are, side by side.
SELECT
  CAST(NULL AS VARCHAR)   AS remedy,
  CAST(NULL AS VARCHAR)   AS subject_id,
  CAST(NULL AS VARCHAR)   AS case_id,
  CAST(NULL AS VARCHAR)   AS person_id,
  CAST(NULL AS VARCHAR)   AS office,
  CAST(NULL AS VARCHAR)   AS worker,
  CAST(NULL AS VARCHAR)   AS enter_was,
  CAST(NULL AS VARCHAR)   AS enter_now,
  CAST([] AS VARCHAR[])   AS names,
  CAST([] AS BOOLEAN[])   AS was_answers,
  CAST([] AS BOOLEAN[])   AS now_answers
WHERE false
