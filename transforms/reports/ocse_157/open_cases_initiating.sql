-- One row per open interstate case that this state started with another one.
SELECT case_id, person_id, office, part, counted, src
FROM open_case
WHERE interstate = 'initiating'
