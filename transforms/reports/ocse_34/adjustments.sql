-- One row per receipt of the quarter that corrects an earlier one: reversals and adjustments.
SELECT case_id, person_id, office, part, counted, src
FROM received
WHERE kind IN ('reversal', 'adjustment')
