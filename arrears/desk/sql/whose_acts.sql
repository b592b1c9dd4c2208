-- Whose each of these acts is: remedy, subject, case, person, office and worker.
SELECT
  act.action_id,
  act.remedy,
  act.subject_id,
  act.case_id,
  act.person_id,
  coalesce(act.office, person.office) AS office,
  coalesce(act.worker, person.worker) AS worker
FROM read_parquet($acts) AS act
LEFT JOIN read_parquet($persons) AS person ON person.subject_id = act.person_id
WHERE list_contains($ids, act.action_id)
