-- One row per sum that is due to a family: what is kept for an earlier overpayment and for the annual fee, and what is
-- paid. Without a percentage nothing is kept for an overpayment and a person decides; of a family that is on
-- assistance now nothing is kept. The parts sum to what was due.
-- Input: input.due, due_id (key), case_id, paid_on (ties), case_class, amount_cents (to the family, by the allocation),
--   overpaid_cents (still to be recovered before it; NULL: not known), notice_sent (of the overpayment), fee_cents
--   (annual fee not taken yet; told, it is the fee), or what says whether there is one: never_had_assistance,
--   disbursed_before_cents (to the family in the federal fiscal year of paid_on, before the sums handed in; NULL: not
--   known, no fee by it), fee_was_taken (in that year)
-- Output: recouped_cents, disbursed_in_year_cents (to this sum's end), fee_cents, paid_cents, reason, rules
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
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)                          AS paid_before,
    -- The line is of the money of one federal fiscal year; the sum that reaches it bears the fee.
    CASE WHEN never_had_assistance AND NOT coalesce(fee_was_taken, false) THEN
      max(disbursed_before_cents) OVER (PARTITION BY case_id, fiscal_year)
        + sum(amount_cents - recouped) OVER (PARTITION BY case_id, fiscal_year ORDER BY paid_on NULLS FIRST, due_id
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) END                      AS disbursed_in_year
  FROM (
    SELECT *, date_trunc('year', coalesce(paid_on, $as_of) - to_months(CAST($year_begins_months AS INTEGER))) AS fiscal_year
    FROM shared
  )
),
lined AS (
  SELECT
    *,
    fee_cents IS NULL AND disbursed_in_year >= $fee_threshold                        AS reaches_line,
    CASE
      WHEN fee_cents IS NOT NULL THEN greatest(fee_cents - paid_before, 0)
      -- What this sum cannot bear, the next one of the year does.
      WHEN disbursed_in_year >= $fee_threshold THEN greatest($annual_fee - greatest(
        sum(CASE WHEN disbursed_in_year >= $fee_threshold THEN amount_cents - recouped ELSE 0 END)
          OVER (PARTITION BY case_id, fiscal_year ORDER BY paid_on NULLS FIRST, due_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - (amount_cents - recouped), 0), 0)
      ELSE 0
    END                                                                              AS fee_left
  FROM charged
),
feed AS (
  SELECT
    *,
    CASE WHEN $fee_payer = 'custodial parent'
      THEN greatest(least(amount_cents - recouped, fee_left), 0) ELSE 0 END          AS fee
  FROM lined
)
SELECT
  due_id,
  case_id,
  CAST(amount_cents AS BIGINT)                                                       AS amount_cents,
  CAST(recouped AS BIGINT)                                                           AS recouped_cents,
  CAST(disbursed_in_year AS BIGINT)                                                  AS disbursed_in_year_cents,
  CAST(fee AS BIGINT)                                                                AS fee_cents,
  CAST(amount_cents - recouped - fee AS BIGINT)                                      AS paid_cents,
  CASE
    WHEN overpaid_cents > 0 AND case_class = 'current_assistance' THEN 'on_assistance'
    WHEN overpaid_cents > 0 AND $recoup_pct IS NULL THEN 'no_percentage'
    WHEN overpaid_cents > 0 AND notice_sent IS NOT TRUE THEN 'notice_first'
    WHEN fee > 0 AND reaches_line THEN 'reaches_line'
    WHEN fee_cents IS NULL AND never_had_assistance AND disbursed_before_cents IS NOT NULL AND NOT reaches_line
      THEN 'below_line'
    WHEN fee_cents IS NULL AND never_had_assistance IS FALSE THEN 'had_assistance'
  END                                                                                AS reason,
  list_filter([
    CASE WHEN overpaid_cents > 0 THEN 'overpayment.recoup_percent' END,
    CASE WHEN reaches_line THEN 'service_fee.disbursed_threshold' END,
    CASE WHEN fee > 0 THEN 'service_fee.amount' END,
    CASE WHEN fee > 0 THEN 'service_fee.paid_by' END
  ], lambda rule: rule IS NOT NULL)                                                  AS rules
FROM feed
ORDER BY due_id
