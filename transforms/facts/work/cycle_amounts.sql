-- One row per case, payor and part of what is withheld: the amount that is turned into each pay cycle.
SELECT wage_id || '|current' AS amount_id, current_cents AS cents, pay_frequency AS frequency
FROM facts.withholding_plan
UNION ALL
SELECT wage_id || '|arrears', arrears_cents, pay_frequency
FROM facts.withholding_plan
