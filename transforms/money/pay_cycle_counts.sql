-- One row per amount: how many pay periods of each cycle are in so many years (money.cycle says why), by the factor of the
-- day that counts: the night's, or the order's where the state says so. Where no law of that day is known, or the order's
-- day is not told, the counts are not known.
WITH
placed AS (
  SELECT
    amounts.amount_id,
    amounts.frequency,
    law.from_on IS NOT NULL                                              AS is_known,
    law.value                                                            AS month_weeks
  FROM input.amounts AS amounts
  LEFT JOIN law.month_weeks AS law
    ON CASE WHEN $factor_dated_by = 'order' THEN amounts.ordered_on ELSE $as_of END BETWEEN law.from_on AND law.until_on
),
counted AS (
  SELECT
    amount_id,
    frequency,
    month_weeks IS NOT NULL                                              AS by_factor,
    CASE WHEN is_known AND month_weeks IS NULL THEN 1 WHEN is_known THEN $hundred END AS years,
    CASE WHEN month_weeks IS NULL THEN $weekly ELSE month_weeks * $monthly END AS weekly,
    CASE WHEN month_weeks IS NULL THEN $biweekly ELSE month_weeks * $monthly * $biweekly // $weekly END AS biweekly
  FROM placed
),
every AS (
  SELECT
    amount_id,
    frequency,
    by_factor,
    years,
    CASE WHEN years IS NOT NULL THEN weekly END                          AS weekly,
    CASE WHEN years IS NOT NULL THEN biweekly END                        AS biweekly,
    $semimonthly * years                                                 AS semimonthly,
    $monthly * years                                                     AS monthly,
    $quarterly * years                                                   AS quarterly,
    $annual * years                                                      AS annual
  FROM counted
)
SELECT
  *,
  CASE frequency WHEN 'weekly' THEN weekly WHEN 'biweekly' THEN biweekly WHEN 'semimonthly' THEN semimonthly
    WHEN 'monthly' THEN monthly WHEN 'quarterly' THEN quarterly ELSE annual END AS own
FROM every
