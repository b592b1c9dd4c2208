-- One row per open case with a support order, wherever and whenever it was made.
SELECT case_id, person_id, office, part, counted, src
FROM open_case_with_order
