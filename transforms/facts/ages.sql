-- One row per case that owes anything and has installments: which is the oldest that is still unpaid, how much of them is unpaid and
-- how much of that is old, and how often the parent was far behind. Money pays the oldest installment first;
-- a converted opening balance has no due date and is paid last, so that whoever pays his current support is
-- not behind with it. A credit in the opening balance pays first.
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
    min('caseload.charges@' || source_file || ':' || source_line)            AS src
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
),
covered AS (
  SELECT
    leveled.*,
    reach.day                                                                AS paid_on,
    greatest(least(amount_cents, due_level - coalesce(total.paid, 0)), 0)    AS unpaid_cents
  FROM leveled
  LEFT JOIN total USING (case_id)
  ASOF LEFT JOIN reach ON reach.case_id = leveled.case_id AND leveled.due_level <= reach.paid_level
),
behind AS (
  -- Still unpaid at the end of a day that lies more than the repeat limit after the due date.
  SELECT
    case_id,
    paid_on,
    lead(due_on) OVER (PARTITION BY case_id ORDER BY due_on)                 AS next_due_on
  FROM covered
  WHERE coalesce(paid_on, $as_of) - due_on > CAST($repeat_days AS INTEGER) + 1
),
spell AS (
  -- Installments whose times of being far behind touch are one time; the one that still runs is not counted.
  SELECT case_id, count(*) AS times
  FROM behind
  WHERE paid_on > $as_of - to_months(CAST($lookback_months AS INTEGER))
    AND coalesce(next_due_on + CAST($repeat_days AS INTEGER) + 1 > paid_on, true)
  GROUP BY case_id
),
unpaid AS (
  SELECT
    case_id,
    min(due_on)                                                              AS oldest_unpaid_installment_on,
    arg_min(src, due_on)                                                     AS oldest_unpaid_src,
    sum(unpaid_cents)                                                        AS cents,
    sum(unpaid_cents) FILTER (due_on < $as_of - to_years(CAST($reportable_years AS INTEGER))) AS old_cents
  FROM covered
  WHERE unpaid_cents > 0
  GROUP BY case_id
),
first AS (
  SELECT
    case_id,
    min(due_on)                                                              AS first_charge_on,
    arg_min(src, due_on)                                                     AS first_charge_src
  FROM installment
  GROUP BY case_id
)
SELECT
  first.case_id,
  first.first_charge_on,
  first.first_charge_src,
  unpaid.oldest_unpaid_installment_on,
  unpaid.oldest_unpaid_src,
  CAST(coalesce(unpaid.cents, 0) AS BIGINT)                                  AS unpaid_installments_cents,
  CAST(coalesce(unpaid.old_cents, 0) AS BIGINT)                              AS old_unpaid_cents,
  coalesce(spell.times, 0)                                                   AS times_over_repeat_days
FROM first
LEFT JOIN unpaid USING (case_id)
LEFT JOIN spell USING (case_id)
