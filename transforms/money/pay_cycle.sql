-- One row per amount: what it comes to in each pay cycle, and over a year.
-- Input: input.amounts, amount_id (key), cents (0 or more), frequency (weekly|biweekly|semimonthly|monthly|quarterly|annual),
--   left_cents (what is left in all; NULL: no end).
-- A cycle's amount is exact by the year, cents x periods of its own / periods of the cycle, then half up to the
-- cent. So what a year of paydays comes to differs from the year's amount by half a cent a payday at most; each
-- difference is told. Where so much is left in all (left_cents), no payday takes more than that.
WITH
yearly AS (
  SELECT
    amounts.amount_id,
    amounts.frequency,
    amounts.cents,
    amounts.left_cents,
    amounts.cents * cycle.per_year                                                   AS year_cents
  FROM input.amounts AS amounts
  JOIN money.cycle AS cycle USING (frequency)
),
rounded AS (
  SELECT
    *,
    (year_cents + year_cents + $weekly) // ($weekly + $weekly)                       AS weekly,
    (year_cents + year_cents + $biweekly) // ($biweekly + $biweekly)                 AS biweekly,
    (year_cents + year_cents + $semimonthly) // ($semimonthly + $semimonthly)        AS semimonthly,
    (year_cents + year_cents + $monthly) // ($monthly + $monthly)                    AS monthly,
    (year_cents + year_cents + $quarterly) // ($quarterly + $quarterly)              AS quarterly,
    (year_cents + year_cents + $annual) // ($annual + $annual)                       AS annual
  FROM yearly
)
SELECT
  amount_id,
  frequency,
  CAST(cents AS BIGINT)                                                              AS cents,
  CAST(least(weekly, left_cents) AS BIGINT)                                           AS weekly_cents,
  CAST(least(biweekly, left_cents) AS BIGINT)                                         AS biweekly_cents,
  CAST(least(semimonthly, left_cents) AS BIGINT)                                      AS semimonthly_cents,
  CAST(least(monthly, left_cents) AS BIGINT)                                          AS monthly_cents,
  CAST(least(quarterly, left_cents) AS BIGINT)                                        AS quarterly_cents,
  CAST(least(annual, left_cents) AS BIGINT)                                           AS annual_cents,
  CAST(weekly * $weekly - year_cents AS BIGINT)                                      AS weekly_difference_cents,
  CAST(biweekly * $biweekly - year_cents AS BIGINT)                                  AS biweekly_difference_cents,
  CAST(semimonthly * $semimonthly - year_cents AS BIGINT)                            AS semimonthly_difference_cents,
  CAST(monthly * $monthly - year_cents AS BIGINT)                                    AS monthly_difference_cents,
  [CASE frequency
    WHEN 'weekly' THEN 'pay_cycle.weekly' WHEN 'biweekly' THEN 'pay_cycle.biweekly'
    WHEN 'semimonthly' THEN 'pay_cycle.semimonthly' WHEN 'monthly' THEN 'pay_cycle.monthly'
    WHEN 'quarterly' THEN 'pay_cycle.quarterly' ELSE 'pay_cycle.annual' END]         AS rules
FROM rounded
ORDER BY amount_id
