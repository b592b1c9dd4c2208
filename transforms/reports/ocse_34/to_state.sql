-- One row per payment of the quarter that the state kept for assistance paid.
SELECT case_id, person_id, office, part, counted, src
FROM disbursed
WHERE paid_to = 'state'
