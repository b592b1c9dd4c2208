-- One row per case: since when nothing was paid, how old the oldest unpaid installment is, and how many of those
-- days lie in a time in which the order rests, which ages nobody. Never paid counts from the first due date; a
-- payment made before it, too. Beside the age of the debt: how many days the parent is behind with what falls due,
-- by current support or by a written agreement, whichever is more.
WITH
base AS (
  SELECT
    cases.case_id,
    CASE WHEN known.receipts AND known.orders
      THEN greatest(payments.last_payment_on, coalesce(terms.first_due_on, ages.first_charge_on)) END
                                                                       AS unpaid_since_on,
    CASE
      WHEN payments.last_payment_on >= coalesce(terms.first_due_on, ages.first_charge_on) THEN payments.last_payment_src
      ELSE coalesce(terms.order_src, ages.first_charge_src)
    END                                                                AS unpaid_since_src,
    balances.past_due_cents,
    ages.oldest_unpaid_installment_on,
    behind.behind_since_on,
    CASE
      WHEN behind.month_behind_from_start THEN least(ages.oldest_unpaid_installment_on, ages.first_charge_on, terms.first_due_on)
      ELSE behind.month_behind_since_on
    END                                                                AS month_behind_since_on,
    known.balances AND known.charges AND known.receipts
      AND NOT list_has_any(known.rejected, ['orders', 'children'])     AS age_is_known,
    known.agreements                                                   AS agreements_are_known,
    agreements.agreement_broken_on,
    list_has_any(known.rejected, ['balances', 'charges', 'receipts', 'orders', 'children']) AS is_in_doubt,
    balances.opening_cents > 0 AND balances.past_due_cents > coalesce(ages.unpaid_installments_cents, 0)
                                                                       AS opening_is_unpaid,
    coalesce(terms.every_entry_is_known
      AND terms.order_entered_on >= $as_of - to_years(CAST($reportable_years AS INTEGER)), false)
                                                                       AS opening_is_young,
    least(ages.first_charge_on, terms.first_due_on)                    AS first_due_on,
    coalesce(ages.oldest_unpaid_src, ages.first_charge_src, terms.order_src) AS oldest_unpaid_src
  FROM caseload.cases AS cases
  JOIN facts.known_case AS known USING (case_id)
  LEFT JOIN facts.order_terms AS terms USING (case_id)
  LEFT JOIN facts.payments AS payments USING (case_id)
  LEFT JOIN facts.balances AS balances USING (case_id)
  LEFT JOIN facts.ages AS ages USING (case_id)
  LEFT JOIN facts.behind AS behind USING (case_id)
  LEFT JOIN facts.agreements AS agreements USING (case_id)
),
rest AS (
  SELECT
    base.case_id,
    orders.order_id,
    sum(greatest(date_diff('day', greatest(pause.from_on, base.unpaid_since_on),
      least(pause.resumes_on, $as_of)), 0)) FILTER (pause.order_id IS NOT NULL) AS days_since_payment,
    sum(greatest(date_diff('day', greatest(pause.from_on, base.oldest_unpaid_installment_on),
      least(pause.resumes_on, $as_of)), 0)) FILTER (pause.order_id IS NOT NULL) AS days_since_due,
    sum(greatest(date_diff('day', greatest(pause.from_on, base.behind_since_on),
      least(pause.resumes_on, $as_of)), 0)) FILTER (pause.order_id IS NOT NULL) AS days_since_behind
  FROM base
  JOIN facts.order_state AS orders USING (case_id)
  LEFT JOIN facts.pause AS pause USING (order_id)
  WHERE orders.status <> 'ended' AND coalesce(orders.accrues_until_on >= $as_of, true)
  GROUP BY base.case_id, orders.order_id
),
rested AS (
  -- While one order still accrues, the parent is not at rest: the order that rested least decides.
  SELECT
    case_id,
    min(coalesce(days_since_payment, 0))                               AS days_since_payment,
    min(coalesce(days_since_due, 0))                                   AS days_since_due,
    min(coalesce(days_since_behind, 0))                                AS days_since_behind
  FROM rest
  GROUP BY case_id
)
SELECT
  base.case_id,
  base.unpaid_since_on,
  base.unpaid_since_src,
  CAST(coalesce(rested.days_since_payment, 0) AS BIGINT)               AS days_suspended,
  CASE WHEN base.past_due_cents > 0 THEN base.oldest_unpaid_installment_on END AS oldest_unpaid_installment_on,
  CASE
    WHEN base.past_due_cents <= 0 OR base.is_in_doubt THEN NULL
    WHEN base.opening_is_unpaid THEN least(base.oldest_unpaid_installment_on, base.first_due_on)
    ELSE base.oldest_unpaid_installment_on
  END                                                                  AS oldest_unpaid_due_on,
  CASE WHEN base.past_due_cents > 0 THEN base.oldest_unpaid_src END     AS oldest_unpaid_src,
  CASE
    WHEN NOT base.age_is_known OR base.past_due_cents IS NULL THEN NULL
    WHEN base.past_due_cents <= 0 OR base.oldest_unpaid_installment_on IS NULL THEN 0
    ELSE CAST(
      date_diff('day', base.oldest_unpaid_installment_on, $as_of) - coalesce(rested.days_since_due, 0) AS BIGINT)
  END                                                                  AS days_in_arrears,
  CASE
    WHEN NOT base.age_is_known OR base.past_due_cents IS NULL OR NOT base.agreements_are_known THEN NULL
    WHEN base.past_due_cents <= 0 THEN 0
    ELSE CAST(greatest(
      coalesce(date_diff('day', base.behind_since_on, $as_of) - coalesce(rested.days_since_behind, 0), 0),
      coalesce(date_diff('day', base.agreement_broken_on, $as_of), 0)) AS BIGINT)
  END                                                                  AS days_behind,
  CASE WHEN base.past_due_cents > 0 THEN base.month_behind_since_on END AS month_behind_since_on,
  -- A converted balance is no older than the order; where that is old itself, nobody knows its age.
  NOT base.is_in_doubt AND (NOT base.opening_is_unpaid OR base.opening_is_young) AS age_of_debt_is_known
FROM base
LEFT JOIN rested USING (case_id)
