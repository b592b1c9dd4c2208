-- One row per case of the bulk, with all that its other tables are made of.
WITH drawn AS (
  SELECT i,
    CASE WHEN i % $obligor_every = 7 % $obligor_every AND i > $first_bulk THEN i - 1 ELSE i END AS obligor_i,
    CASE WHEN list_contains($custodial_again, i % 20) AND i > $first_bulk THEN i - 1 ELSE i END AS custodial_i,
    dice('way', i, 100) AS way,
    dice('often', i, 100) AS often,
    4 + dice('months', i, 33) AS months,
    5000 * (2 + dice('amount', i, 17)) AS monthly_cents,
    date_trunc('month', $first_night) AS this_month
  FROM range($first_bulk, $end_bulk) AS r(i)
),
named AS (
  SELECT drawn.*,
    obligor_i * 10 AS obligor_p,
    CASE WHEN way < $paying THEN 'paying'
         WHEN way < $paying + $partial THEN 'partial'
         WHEN way < $paying + $partial + $stopped THEN 'stopped'
         WHEN way < $paying + $partial + $stopped + $never THEN 'never'
         WHEN way < $paying + $partial + $stopped + $never + $closed THEN 'closed'
         ELSE 'zero_order' END AS conduct,
    CASE WHEN often < $monthly THEN 'monthly'
         WHEN often < $monthly + $weekly THEN 'weekly'
         WHEN often < $monthly + $weekly + $biweekly THEN 'biweekly'
         WHEN often < $monthly + $weekly + $biweekly + $semimonthly THEN 'semimonthly'
         ELSE 'quarterly' END AS frequency,
    CASE WHEN dice('class', i, 100) < $current_assistance THEN 'current_assistance'
         WHEN dice('class', i, 100) < $current_assistance + $former_assistance THEN 'former_assistance'
         ELSE 'never_assistance' END AS case_class
  FROM drawn
),
dated AS (
  SELECT named.*,
    CAST(this_month - to_months(CAST(CASE WHEN frequency IN ('weekly', 'biweekly')
           THEN 4 + months // 3 ELSE months END AS INTEGER))
         + to_days(CAST(CASE WHEN frequency = 'semimonthly' THEN 0
                        ELSE dice('day', i, 28) END AS INTEGER)) AS DATE) AS first_due_on,
    CASE frequency WHEN 'weekly' THEN monthly_cents * 3 // 1300 * 100
                   WHEN 'biweekly' THEN monthly_cents * 6 // 1300 * 100
                   WHEN 'semimonthly' THEN monthly_cents // 2
                   WHEN 'quarterly' THEN monthly_cents * 3
                   ELSE monthly_cents END AS current_cents
  FROM named
)
SELECT dated.* EXCLUDE (way, often, this_month),
  CASE conduct
    WHEN 'stopped' THEN $first_night - CAST(62 + dice('stopped', i, $stopped_days) AS INTEGER)
    WHEN 'never' THEN first_due_on - 1
  END AS stopped_on,
  CASE WHEN conduct = 'closed' OR (conduct = 'stopped' AND dice('ended', i, 100) < $ended) THEN greatest(first_due_on + 60,
       $first_night - CAST(100 + dice('end', i, 200) AS INTEGER)) END AS ends_on,
  CASE WHEN conduct IN ('partial', 'stopped', 'never') AND dice('opening', i, 10) < $opened
       THEN debt_of(i) WHEN conduct = 'paying' AND dice('behind', i, 100) < $behind
       THEN 2500 + 100 * dice('opened', i, 975) ELSE 0 END AS opening_cents,
  CASE WHEN conduct IN ('partial', 'stopped', 'never') AND case_class = 'former_assistance'
       AND dice('assigned any', i, 100) < $assigned
       THEN 5000 * (1 + dice('assigned', i, $assigned_steps)) ELSE 0 END AS assigned_opening_cents,
  dice('assisted', obligor_i, 100) < 10 AS is_assisted,
  dice('license', obligor_i, 100) < 80 AS has_license,
  CASE WHEN dice('verified', obligor_i, 100) < 94 THEN 'Y'
       WHEN dice('verified', obligor_i, 100) < 96 THEN 'N' END AS ssn_verified,
  dice('died', obligor_i, 250) = 0 AS is_dead
FROM dated ORDER BY i
