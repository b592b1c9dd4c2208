-- One row per case on which money came in during the period beyond what fell due in its month.
SELECT * REPLACE (1 AS counted)
FROM arrears_paid
