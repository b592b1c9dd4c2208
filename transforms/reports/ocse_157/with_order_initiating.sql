-- One row per open interstate case with a support order that this state started with another one.
SELECT case_id, person_id, office, part, counted, src
FROM open_case_with_order
WHERE interstate = 'initiating'
