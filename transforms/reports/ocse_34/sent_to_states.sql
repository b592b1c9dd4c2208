-- One row per payment of the quarter that went to another state.
SELECT case_id, person_id, office, 'all' AS part, counted, src
FROM disbursed
WHERE paid_to = 'other_state'
