-- One row per case that is open on the night.
SELECT case_id, person_id, office, part, counted, src
FROM open_case
