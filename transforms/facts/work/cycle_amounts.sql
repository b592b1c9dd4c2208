-- One row per case, payor and part of what is withheld: the amount that is turned into each pay cycle. No pay is asked for
-- more arrears than are left, however many installments it stands for.
SELECT
  plan.wage_id || '|current'                                             AS amount_id,
  plan.current_cents                                                     AS cents,
  plan.pay_frequency                                                     AS frequency,
  CAST(NULL AS BIGINT)                                                   AS left_cents,
  CAST(NULL AS DATE)                                                     AS payday_on,
  terms.entered_on                                                       AS ordered_on
FROM facts.withholding_parts AS plan
LEFT JOIN facts.withholding_terms AS terms USING (case_id)
UNION ALL
SELECT
  plan.wage_id || '|arrears',
  plan.arrears_cents,
  plan.pay_frequency,
  CASE WHEN coalesce($cap_at_remaining, true) THEN greatest(orders.past_due_cents, 0) END,
  NULL,
  terms.entered_on
FROM facts.withholding_parts AS plan
LEFT JOIN facts.withholding_terms AS terms USING (case_id)
LEFT JOIN facts.plan_orders AS orders USING (wage_id)
