-- The episodes that a run left open about these subjects, one for each remedy.
SELECT remedy, subject_id, person_id, episode_id, opened_on, is_new
FROM read_parquet($path)
WHERE len($who) = 0 OR list_contains($who, case_id) OR list_contains($who, person_id)
ORDER BY remedy, subject_id
