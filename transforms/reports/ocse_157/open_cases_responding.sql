-- One row per open interstate case that another state started.
SELECT case_id, person_id, office, part, counted, src
FROM open_case
WHERE interstate = 'responding'
