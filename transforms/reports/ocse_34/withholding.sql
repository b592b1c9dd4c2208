-- One row per receipt of the quarter that came by income withholding.
SELECT case_id, person_id, office, part, counted, src
FROM received
WHERE kind = 'payment' AND source = 'employer'
