-- The lines of a run, made comparable: one row per verdict, act and line of the work list, with a key and a signature of
-- what it says. What is about a person belongs to the office of that person.
WITH
said AS (
  SELECT
    'verdict' AS list, remedy || ':' || subject_id AS key,
    remedy, subject_id, case_id, person_id, office, worker, 'verdict' AS kind,
    format('enter {}, stay {}, release {}', enter_verdict, stay_verdict, release_verdict) AS says,
    amount_cents, enter_verdict, stay_verdict,
    concat_ws('|', enter_verdict, readings_differ, stay_verdict, release_verdict, release_readings_differ) AS signature
  FROM query($verdicts)
  UNION ALL
  SELECT
    'act', action_id,
    remedy, subject_id, case_id, person_id, office, worker, step,
    concat_ws(' ', status, kind, message),
    amount_cents, NULL, NULL,
    concat_ws('|', status, kind, queue, message, due_on, needs, is_urgent, is_covered, readings_differ,
      coalesce(CAST(amount_cents AS VARCHAR), '-'), array_to_string(because, ','))
  FROM read_parquet($acts)
  UNION ALL
  SELECT
    'work', item_id,
    remedy, subject_id, case_id, person_id, office, worker, kind,
    'on the list, for a ' || needs,
    amount_cents, NULL, NULL,
    concat_ws('|', kind, needs, due_on, readings_differ,
      coalesce(CAST(amount_cents AS VARCHAR), '-'), array_to_string(because, ','))
  FROM read_parquet($work)
)
SELECT
  said.* REPLACE (coalesce(said.office, person.office) AS office, coalesce(said.worker, person.worker) AS worker)
FROM said
LEFT JOIN read_parquet($persons) AS person ON person.subject_id = said.person_id
