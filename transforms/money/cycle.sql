-- One row per cycle in which an amount can fall due or be paid: how often that is in so many years. It is one year, unless
-- the state turns months into weeks by a factor of its own ($month_weeks, hundredths of a week in a month): a year is
-- twelve such months then. No amount of one cycle is added to, compared with or weighed against one of another before both
-- are brought to the same by this table.
SELECT
  frequency,
  CASE
    WHEN $month_weeks IS NULL THEN per_year
    WHEN frequency IN ('weekly', 'biweekly') THEN $month_weeks * $monthly * per_year // $weekly
    ELSE per_year * $hundred
  END                                                                    AS per_year,
  CASE WHEN $month_weeks IS NULL THEN 1 ELSE $hundred END                 AS years
FROM (
  VALUES ('weekly', $weekly), ('biweekly', $biweekly), ('semimonthly', $semimonthly), ('monthly', $monthly),
    ('quarterly', $quarterly), ('annual', $annual)
) AS cycle(frequency, per_year)
