-- One row per receipt of the quarter: payments and intercepts as they came in.
SELECT case_id, person_id, office, part, counted, src
FROM received
WHERE kind IN ('payment', 'intercept')
