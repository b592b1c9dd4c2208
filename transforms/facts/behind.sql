-- One row per case that owes anything and has installments: since when the parent is behind with the payments that
-- fall due, which is not the age of the oldest debt. Money that came in an installment's own time pays that
-- installment, so whoever keeps up with current support is not behind for old arrears; and since when they have owed
-- a month's support or more without a day below it.
WITH
-- Money pays the oldest first: once an installment is unpaid, so are all after it.
unpaid AS (
  SELECT case_id, due_on, amount_cents
  FROM facts.installment
  WHERE unpaid_cents > 0
),
late_money AS (
  SELECT receipt.case_id, receipt.received_on, receipt.net_cents
  FROM facts.receipt AS receipt
  JOIN (SELECT case_id, min(due_on) AS due_on FROM unpaid GROUP BY case_id) AS first
    ON first.case_id = receipt.case_id AND receipt.received_on >= first.due_on
  WHERE receipt.is_posted
),
own_time AS (
  SELECT unpaid.case_id, unpaid.due_on, sum(late_money.net_cents) AS cents
  FROM late_money
  ASOF JOIN unpaid ON unpaid.case_id = late_money.case_id AND unpaid.due_on <= late_money.received_on
  GROUP BY ALL
),
last_kept AS (
  SELECT case_id, max(due_on) AS due_on
  FROM unpaid
  JOIN own_time USING (case_id, due_on)
  -- The installments of today are not missed before the day is over.
  WHERE due_on < $as_of AND own_time.cents >= unpaid.amount_cents
  GROUP BY case_id
),
run AS (
  SELECT unpaid.case_id, min(unpaid.due_on) AS behind_since_on
  FROM unpaid
  LEFT JOIN last_kept USING (case_id)
  WHERE unpaid.due_on < $as_of AND coalesce(unpaid.due_on > last_kept.due_on, true)
  GROUP BY unpaid.case_id
),
-- A month's support on a day is what fell due in the month that ends with it; of an installment for several months,
-- the part of one.
asked AS (
  SELECT case_id, due_on, CAST(due_on + to_months(months) AS DATE) AS over_on, amount_cents, amount_cents // months AS month_cents
  FROM facts.charge
  SEMI JOIN facts.installment USING (case_id)
),
opening AS (
  SELECT case_id, opening_cents AS cents
  FROM facts.balances
  SEMI JOIN facts.installment USING (case_id)
  WHERE opening_cents <> 0
),
-- Whoever is not a month behind tonight has no such day.
tonight AS (
  SELECT asked.case_id, row_number() OVER () AS place
  FROM (
    SELECT case_id, sum(amount_cents) AS cents, coalesce(sum(month_cents) FILTER (over_on > $as_of), 0) AS month_cents
    FROM asked
    GROUP BY case_id
  ) AS asked
  LEFT JOIN opening USING (case_id)
  LEFT JOIN (
    SELECT case_id, sum(net_cents) AS cents FROM facts.receipt WHERE is_posted GROUP BY case_id
  ) AS paid USING (case_id)
  CROSS JOIN LATERAL (SELECT asked.cents + coalesce(opening.cents, 0) - coalesce(paid.cents, 0) AS cents) AS owed
  WHERE owed.cents > 0 AND owed.cents >= asked.month_cents * $unpaid_months
),
moved AS (
  SELECT place, due_on AS day, amount_cents AS owed, month_cents
  FROM asked
  JOIN tonight USING (case_id)
  UNION ALL
  SELECT place, over_on, 0, -month_cents
  FROM asked
  JOIN tonight USING (case_id)
  WHERE over_on <= $as_of
  UNION ALL
  SELECT place, received_on, -net_cents, 0
  FROM facts.receipt
  JOIN tonight USING (case_id)
  WHERE is_posted
  UNION ALL
  SELECT place, CAST('-infinity' AS DATE), cents, 0
  FROM opening
  JOIN tonight USING (case_id)
),
-- What moved on one day moved together: each of its rows tells of the day's end.
running AS (
  SELECT
    place,
    day,
    lead(day) OVER by_day                                                     AS next_day,
    sum(owed) OVER by_day > 0
      AND sum(owed) OVER by_day >= sum(month_cents) OVER by_day * $unpaid_months AS is_a_month_behind
  FROM moved
  WINDOW by_day AS (PARTITION BY place ORDER BY day)
),
month_behind AS (
  -- The day after the last one below it; whoever never was below it, from the first one on.
  SELECT tonight.case_id, told.day
  FROM (
    SELECT place, coalesce(max(next_day) FILTER (NOT is_a_month_behind), min(day)) AS day
    FROM running
    GROUP BY place
  ) AS told
  JOIN tonight USING (place)
)
SELECT
  missed.case_id,
  run.behind_since_on,
  -- What was owed before the first installment has no day.
  CASE WHEN isfinite(month_behind.day) THEN month_behind.day END              AS month_behind_since_on,
  coalesce(NOT isfinite(month_behind.day), false)                             AS month_behind_from_start
FROM (SELECT DISTINCT case_id FROM facts.installment) AS missed
LEFT JOIN run USING (case_id)
LEFT JOIN month_behind USING (case_id)
