-- One row per case that owes anything and due date of its installments: how much of what fell due on that day is
-- unpaid, and when it was paid. Money pays the oldest installment first; a converted opening balance has no due
-- date and is paid last, so that whoever pays current support is not behind with it. A credit in the opening
-- balance pays first.
WITH
owing AS (
  -- Whoever owes nothing is not behind; most cases need no history.
  SELECT case_id
  FROM facts.balances
  WHERE past_due_cents > 0
),
money AS (
  SELECT case_id, received_on AS day, sum(net_cents) AS cents
  FROM facts.receipt
  SEMI JOIN owing USING (case_id)
  WHERE is_posted
  GROUP BY ALL
  UNION ALL
  SELECT case_id, due_on, -sum(amount_cents)
  FROM facts.charge
  SEMI JOIN owing USING (case_id)
  WHERE amount_cents < 0
  GROUP BY ALL
  UNION ALL
  SELECT case_id, CAST('-infinity' AS DATE), -opening_cents
  FROM facts.balances
  WHERE opening_cents < 0
),
daily AS (
  SELECT case_id, day, sum(cents) AS cents
  FROM money
  GROUP BY ALL
),
running AS (
  SELECT case_id, day, sum(cents) OVER (PARTITION BY case_id ORDER BY day) AS cents
  FROM daily
),
stayed AS (
  -- Money that was lost again later has never paid anything.
  SELECT
    case_id,
    day,
    min(cents) OVER (
      PARTITION BY case_id ORDER BY day ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS paid_level
  FROM running
),
reach AS (
  SELECT case_id, paid_level, min(day) AS day
  FROM stayed
  GROUP BY ALL
),
total AS (
  SELECT case_id, sum(cents) AS paid
  FROM daily
  GROUP BY case_id
),
installment AS (
  -- What falls due on one day is one installment.
  SELECT
    case_id,
    due_on,
    sum(amount_cents)                                                        AS amount_cents,
    min(charge_id)                                                           AS charge_id
  FROM facts.charge
  SEMI JOIN owing USING (case_id)
  WHERE amount_cents > 0
  GROUP BY case_id, due_on
),
leveled AS (
  SELECT
    *,
    sum(amount_cents) OVER (PARTITION BY case_id ORDER BY due_on)            AS due_level
  FROM installment
)
SELECT
  leveled.case_id,
  leveled.due_on,
  CAST(leveled.amount_cents AS BIGINT)                                       AS amount_cents,
  reach.day                                                                  AS paid_on,
  CAST(greatest(least(amount_cents, due_level - coalesce(total.paid, 0)), 0) AS BIGINT) AS unpaid_cents,
  leveled.charge_id
FROM leveled
LEFT JOIN total USING (case_id)
ASOF LEFT JOIN reach ON reach.case_id = leveled.case_id AND leveled.due_level <= reach.paid_level
