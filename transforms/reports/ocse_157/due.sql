-- One row per case and month of the period: what fell due in it.
SELECT case_id, date_trunc('month', due_on) AS month, sum(amount_cents) AS due_cents
FROM caseload.charges
WHERE due_on BETWEEN $from_on AND $to_on
GROUP BY ALL
