-- One row per case that owes anything and has installments: since when the parent is behind with the payments that
-- fall due, which is not the age of the oldest debt. Money that came in an installment's own time pays that
-- installment, so whoever keeps up with current support is not behind for old arrears; and since when they have owed
-- a month's support or more without a day below it.
WITH
money AS (
  SELECT case_id, received_on, sum(net_cents) AS cents
  FROM facts.receipt
  SEMI JOIN facts.installment USING (case_id)
  WHERE is_posted
  GROUP BY ALL
),
own_time AS (
  SELECT installment.case_id, installment.due_on, sum(money.cents) AS cents
  FROM money
  ASOF JOIN facts.installment AS installment
    ON installment.case_id = money.case_id AND installment.due_on <= money.received_on
  GROUP BY ALL
),
missed AS (
  -- The installments of today are not missed before the day is over.
  SELECT
    installment.case_id,
    installment.due_on,
    installment.unpaid_cents > 0 AND coalesce(own_time.cents, 0) < installment.amount_cents AS is_missed
  FROM facts.installment AS installment
  LEFT JOIN own_time USING (case_id, due_on)
  WHERE installment.due_on < $as_of
),
last_kept AS (
  SELECT case_id, max(due_on) AS due_on
  FROM missed
  WHERE NOT is_missed
  GROUP BY case_id
),
run AS (
  SELECT missed.case_id, min(missed.due_on) AS behind_since_on
  FROM missed
  LEFT JOIN last_kept USING (case_id)
  WHERE missed.is_missed AND coalesce(missed.due_on > last_kept.due_on, true)
  GROUP BY missed.case_id
),
-- A month's support on a day is what fell due in the month that ends with it; of an installment for several months,
-- the part of one.
spread AS (
  SELECT
    charge.case_id,
    charge.due_on,
    charge.amount_cents,
    CAST(CASE orders.frequency
      WHEN 'quarterly' THEN $monthly // $quarterly
      WHEN 'annual' THEN $monthly // $annual
      ELSE 1
    END AS INTEGER)                                                           AS months
  FROM facts.charge AS charge
  SEMI JOIN facts.installment USING (case_id)
  LEFT JOIN facts.order_state AS orders USING (order_id)
),
moved AS (
  SELECT case_id, due_on AS day, sum(amount_cents) AS owed, sum(amount_cents // months) AS month_cents
  FROM spread
  GROUP BY ALL
  UNION ALL
  SELECT case_id, CAST(due_on + to_months(months) AS DATE), 0, -sum(amount_cents // months)
  FROM spread
  GROUP BY ALL
  UNION ALL
  SELECT case_id, received_on, -cents, 0
  FROM money
  UNION ALL
  SELECT case_id, CAST('-infinity' AS DATE), opening_cents, 0
  FROM facts.balances
  SEMI JOIN facts.installment USING (case_id)
  WHERE opening_cents <> 0
),
daily AS (
  SELECT case_id, day, sum(owed) AS owed, sum(month_cents) AS month_cents
  FROM moved
  WHERE day <= $as_of
  GROUP BY ALL
),
running AS (
  SELECT
    case_id,
    day,
    sum(owed) OVER (PARTITION BY case_id ORDER BY day)                        AS owed_cents,
    sum(month_cents) OVER (PARTITION BY case_id ORDER BY day)                 AS month_cents
  FROM daily
),
level AS (
  SELECT case_id, day, owed_cents > 0 AND owed_cents >= month_cents * $unpaid_months AS is_a_month_behind
  FROM running
),
below AS (
  SELECT case_id, max(day) AS day
  FROM level
  WHERE NOT is_a_month_behind
  GROUP BY case_id
),
month_behind AS (
  SELECT level.case_id, min(level.day) AS day
  FROM level
  LEFT JOIN below USING (case_id)
  WHERE level.is_a_month_behind AND coalesce(level.day > below.day, true)
  GROUP BY level.case_id
)
SELECT
  missed.case_id,
  any_value(run.behind_since_on)                                              AS behind_since_on,
  -- What was owed before the first installment has no day.
  any_value(CASE WHEN isfinite(month_behind.day) THEN month_behind.day END)   AS month_behind_since_on,
  coalesce(any_value(NOT isfinite(month_behind.day)), false)                  AS month_behind_from_start
FROM (SELECT DISTINCT case_id FROM facts.installment) AS missed
LEFT JOIN run USING (case_id)
LEFT JOIN month_behind USING (case_id)
GROUP BY missed.case_id
