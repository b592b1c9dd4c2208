-- One row per clock: the last day of its window, to the end of which anything still counts. The day of the
-- anchor is day 0; the days that stopped the clock are added at the end; what closes on a weekend or holiday
-- rolls to the next business day where the rule rolls, and never ends on one where business days are counted.
WITH
numbered AS (
  SELECT
    day,
    is_business_day,
    sum(CASE WHEN is_business_day THEN 1 ELSE 0 END) OVER (ORDER BY day) AS business_no
  FROM calendar
),
counted AS (
  SELECT
    anchor.clock_id,
    anchor.clock_rolls OR (anchor.clock_unit = 'business_days' AND anchor.tolled_days > 0)  AS rolls,
    CAST(
      CASE anchor.clock_unit
        WHEN 'days' THEN anchor.anchor_on + to_days(CAST(anchor.clock_count AS INTEGER))
        WHEN 'weeks' THEN anchor.anchor_on + to_weeks(CAST(anchor.clock_count AS INTEGER))
        WHEN 'months' THEN anchor.anchor_on + to_months(CAST(anchor.clock_count AS INTEGER))
        WHEN 'years' THEN anchor.anchor_on + to_years(CAST(anchor.clock_count AS INTEGER))
        WHEN 'business_days' THEN CASE WHEN anchor.clock_count = 0 THEN anchor.anchor_on ELSE last_day.day END
      END AS DATE
    ) + CAST(anchor.tolled_days AS INTEGER)                                                 AS ends_on
  FROM plan.anchor AS anchor
  LEFT JOIN numbered AS first_day
    ON first_day.day = anchor.anchor_on AND anchor.clock_unit = 'business_days'
  LEFT JOIN numbered AS last_day
    ON last_day.is_business_day AND last_day.business_no = first_day.business_no + anchor.clock_count
)
SELECT
  counted.clock_id,
  CASE WHEN counted.rolls THEN calendar.rolls_to ELSE counted.ends_on END AS ends_on
FROM counted
LEFT JOIN calendar ON calendar.day = counted.ends_on
