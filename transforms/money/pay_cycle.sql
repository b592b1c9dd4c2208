-- One row per amount: what it comes to in each pay cycle, and over a year.
-- Input: input.amounts, amount_id (key), cents (0 or more), frequency (weekly|biweekly|semimonthly|monthly|quarterly|annual),
--   left_cents (what is left in all; NULL: no end), ordered_on (where the state's factor is that of the order's day), payday_on (any payday of a weekly or biweekly payor; NULL: not known).
-- Output: also payday_count, the paydays of that payor in the calendar year of $as_of by weeks: some years have 53 weekly
--   or 27 biweekly ones, one more than a year's amount is divided by.
-- A cycle's amount is exact by the year, or by the state's own factor of weeks in a month, cents x periods of its own / periods of the cycle, then half up to the
-- cent. So what a year of paydays comes to differs from the year's amount by half a cent a payday at most; each
-- difference is told. Where so much is left in all (left_cents), no payday takes more than that.
WITH
yearly AS (
  SELECT
    amounts.amount_id,
    amounts.frequency,
    amounts.cents,
    amounts.left_cents,
    amounts.payday_on,
    counts.* EXCLUDE (amount_id, frequency),
    amounts.cents * counts.own                                                       AS year_cents
  FROM input.amounts AS amounts
  JOIN money.counts AS counts USING (amount_id)
),
rounded AS (
  SELECT
    * EXCLUDE (weekly, biweekly, semimonthly, monthly, quarterly, annual),
    (year_cents + year_cents + weekly) // (weekly + weekly)                          AS weekly,
    (year_cents + year_cents + biweekly) // (biweekly + biweekly)                    AS biweekly,
    (year_cents + year_cents + semimonthly) // (semimonthly + semimonthly)           AS semimonthly,
    (year_cents + year_cents + monthly) // (monthly + monthly)                       AS monthly,
    (year_cents + year_cents + quarterly) // (quarterly + quarterly)                 AS quarterly,
    (year_cents + year_cents + annual) // (annual + annual)                          AS annual
  FROM yearly
),
-- Paydays of a year: the first one in it, and one more each week or fortnight to its end.
year AS (
  SELECT
    *,
    CASE frequency WHEN 'weekly' THEN $week_days WHEN 'biweekly' THEN $week_days + $week_days END AS days,
    CAST(date_trunc('year', $as_of) AS DATE)                                         AS begins_on,
    CAST(date_trunc('year', $as_of) + to_years(1) AS DATE)                           AS next_begins_on
  FROM rounded
),
paid AS (
  SELECT
    *,
    CASE WHEN days IS NOT NULL AND payday_on IS NOT NULL THEN
      (next_begins_on - begins_on - 1 - ((payday_on - begins_on) % days + days) % days) // days + 1 END AS payday_count,
    CASE frequency WHEN 'weekly' THEN $weekly WHEN 'biweekly' THEN $biweekly END      AS usual_count
  FROM year
)
SELECT
  amount_id,
  frequency,
  CAST(cents AS BIGINT)                                                              AS cents,
  CAST(CASE WHEN weekly IS NOT NULL THEN least(weekly, left_cents) END AS BIGINT) AS weekly_cents,
  CAST(CASE WHEN biweekly IS NOT NULL THEN least(biweekly, left_cents) END AS BIGINT) AS biweekly_cents,
  CAST(CASE WHEN semimonthly IS NOT NULL THEN least(semimonthly, left_cents) END AS BIGINT) AS semimonthly_cents,
  CAST(CASE WHEN monthly IS NOT NULL THEN least(monthly, left_cents) END AS BIGINT) AS monthly_cents,
  CAST(CASE WHEN quarterly IS NOT NULL THEN least(quarterly, left_cents) END AS BIGINT) AS quarterly_cents,
  CAST(CASE WHEN annual IS NOT NULL THEN least(annual, left_cents) END AS BIGINT) AS annual_cents,
  CAST((weekly * $weekly * years - year_cents) // years AS BIGINT)                                      AS weekly_difference_cents,
  CAST((biweekly * $biweekly * years - year_cents) // years AS BIGINT)                                  AS biweekly_difference_cents,
  CAST((semimonthly * $semimonthly * years - year_cents) // years AS BIGINT)                            AS semimonthly_difference_cents,
  CAST((monthly * $monthly * years - year_cents) // years AS BIGINT)                                    AS monthly_difference_cents,
  CAST(payday_count AS BIGINT)                                                       AS payday_count,
  CASE WHEN years IS NULL THEN 'factor_unknown'
    WHEN payday_count > usual_count THEN 'extra_payday' END                          AS reason,
  [CASE WHEN by_factor THEN 'pay_cycle.month_weeks' ELSE CASE frequency
    WHEN 'weekly' THEN 'pay_cycle.weekly' WHEN 'biweekly' THEN 'pay_cycle.biweekly'
    WHEN 'semimonthly' THEN 'pay_cycle.semimonthly' WHEN 'monthly' THEN 'pay_cycle.monthly'
    WHEN 'quarterly' THEN 'pay_cycle.quarterly' ELSE 'pay_cycle.annual' END END]     AS rules
FROM paid
ORDER BY amount_id
