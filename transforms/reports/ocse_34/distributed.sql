-- One row per payment of the quarter that went to a family or to the state.
SELECT case_id, person_id, office, part, counted, src
FROM disbursed
WHERE paid_to IN ('family', 'state')
