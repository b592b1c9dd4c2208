-- What a night did or waits to do about a case or its obligor.
SELECT action_id, episode_id, person_id, remedy, step, kind, queue, message, status, due_on, because
FROM read_parquet($path)
WHERE case_id = $case OR person_id = $case OR (case_id IS NULL AND list_contains($who, person_id))
ORDER BY action_id
