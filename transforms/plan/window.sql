-- One row per span that any clock counts tonight, of a step or of a deadline: the last day of its window, to the end
-- of which anything still counts. The day of the anchor is day 0; the days that stopped the clock are added at the
-- end; what closes on a weekend or holiday rolls to the next business day where the rule rolls, and never ends on
-- one where business days are counted.
WITH
span AS (
  SELECT anchor_on, clock_count, clock_unit, clock_rolls, tolled_days
  FROM plan.anchor
  UNION
  SELECT anchor_on, clock_count, clock_unit, clock_rolls, tolled_days
  FROM card.deadline
),
numbered AS (
  SELECT
    day,
    is_business_day,
    sum(CASE WHEN is_business_day THEN 1 ELSE 0 END) OVER (ORDER BY day) AS business_no
  FROM calendar
),
counted AS (
  SELECT
    span.*,
    span.clock_rolls OR (span.clock_unit = 'business_days' AND span.tolled_days > 0)        AS rolls,
    CAST(
      CASE span.clock_unit
        WHEN 'days' THEN span.anchor_on + to_days(CAST(span.clock_count AS INTEGER))
        WHEN 'weeks' THEN span.anchor_on + to_weeks(CAST(span.clock_count AS INTEGER))
        WHEN 'months' THEN span.anchor_on + to_months(CAST(span.clock_count AS INTEGER))
        WHEN 'years' THEN span.anchor_on + to_years(CAST(span.clock_count AS INTEGER))
        WHEN 'business_days' THEN CASE WHEN span.clock_count = 0 THEN span.anchor_on ELSE last_day.day END
      END AS DATE
    ) + CAST(span.tolled_days AS INTEGER)                                                   AS ends_on
  FROM span
  LEFT JOIN numbered AS first_day
    ON first_day.day = CASE WHEN span.clock_unit = 'business_days' THEN span.anchor_on END
  LEFT JOIN numbered AS last_day
    ON last_day.is_business_day AND last_day.business_no = first_day.business_no + span.clock_count
)
SELECT
  counted.anchor_on,
  counted.clock_count,
  counted.clock_unit,
  counted.clock_rolls,
  counted.tolled_days,
  CASE WHEN counted.rolls THEN calendar.rolls_to ELSE counted.ends_on END AS ends_on
FROM counted
LEFT JOIN calendar ON calendar.day = counted.ends_on
