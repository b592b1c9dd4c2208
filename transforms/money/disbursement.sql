-- One row per sum that is due to a family: what is kept for an earlier overpayment and for the annual fee, and what is
-- paid. Without a percentage nothing is kept for an overpayment and a person decides; of a family that is on
-- assistance now nothing is kept. The parts sum to what was due.
-- Input: input.due, due_id (key), case_id, paid_on (ties), case_class, amount_cents (to the family, by the allocation),
--   overpaid_cents (still to be recovered before it; NULL: not known), notice_sent (of the overpayment), fee_cents
--   (annual fee not taken yet)
-- Output: recouped_cents, fee_cents, paid_cents, reason, rules
WITH
running AS (
  SELECT
    *,
    overpaid_cents > 0 AND notice_sent AND case_class <> 'current_assistance'        AS may_recoup,
    coalesce(amount_cents * $recoup_pct // $hundred, 0)                              AS share
  FROM input.due
),
shared AS (
  SELECT
    *,
    CASE WHEN may_recoup THEN greatest(least(share, overpaid_cents - coalesce(sum(CASE WHEN may_recoup THEN share ELSE 0 END)
      OVER (PARTITION BY case_id ORDER BY paid_on NULLS FIRST, due_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)), 0)
      ELSE 0 END                                                                     AS recouped
  FROM running
),
charged AS (
  SELECT
    *,
    coalesce(sum(amount_cents - recouped) OVER (PARTITION BY case_id ORDER BY paid_on NULLS FIRST, due_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)                          AS paid_before
  FROM shared
),
feed AS (
  SELECT
    *,
    CASE WHEN $fee_payer = 'custodial parent'
      THEN greatest(least(amount_cents - recouped, coalesce(fee_cents, 0) - paid_before), 0) ELSE 0 END AS fee
  FROM charged
)
SELECT
  due_id,
  case_id,
  CAST(amount_cents AS BIGINT)                                                       AS amount_cents,
  CAST(recouped AS BIGINT)                                                           AS recouped_cents,
  CAST(fee AS BIGINT)                                                                AS fee_cents,
  CAST(amount_cents - recouped - fee AS BIGINT)                                      AS paid_cents,
  CASE
    WHEN overpaid_cents > 0 AND case_class = 'current_assistance' THEN 'on_assistance'
    WHEN overpaid_cents > 0 AND $recoup_pct IS NULL THEN 'no_percentage'
    WHEN overpaid_cents > 0 AND notice_sent IS NOT TRUE THEN 'notice_first'
  END                                                                                AS reason,
  list_filter([
    CASE WHEN overpaid_cents > 0 THEN 'overpayment.recoup_percent' END,
    CASE WHEN fee > 0 THEN 'service_fee.amount' END,
    CASE WHEN fee > 0 THEN 'service_fee.paid_by' END
  ], lambda rule: rule IS NOT NULL)                                                  AS rules
FROM feed
ORDER BY due_id
