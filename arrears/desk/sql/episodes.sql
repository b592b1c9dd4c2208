-- The open episodes of the person and the case of a line, each with the office it belongs to.
SELECT
  episode_id, remedy, episode.case_id, opened_on, is_new,
  coalesce(own.office, person.office) AS office
FROM read_parquet($episodes) AS episode
LEFT JOIN read_parquet($cases) AS own ON own.subject_id = episode.case_id
LEFT JOIN read_parquet($persons) AS person ON person.subject_id = episode.person_id
WHERE episode.person_id = $person OR episode.case_id = $case
ORDER BY opened_on, episode_id
