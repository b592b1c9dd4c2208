-- One row per case: what interest and penalty would be charged for the month that ended, and what bars it.
SELECT
  fact.subject_id,
  month.month_ends_on,
  month.month_has_ended,
  month.principal_cents,
  month.required_cents,
  month.paid_cents,
  month.required_payment_made,
  month.order_is_of_this_state,
  CASE WHEN month.is_entered THEN true WHEN known.interest_entries THEN false END AS interest_is_entered,
  $assessed = 'monthly'                                                           AS is_assessed_monthly,
  amount.interest_cents,
  amount.penalty_cents,
  amount.interest_cents + amount.penalty_cents                                    AS charge_cents
FROM facts.case_facts AS fact
CROSS JOIN facts.money_known AS known
JOIN facts.interest_month AS month USING (case_id)
JOIN facts.interest_amounts AS amount USING (case_id)
