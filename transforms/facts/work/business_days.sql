-- One row per day of the calendar: how many business days lie up to it. The n-th business day after a day is the
-- one that counts n more.
SELECT
  day,
  is_business_day,
  CAST(sum(CASE WHEN is_business_day THEN 1 ELSE 0 END) OVER (ORDER BY day) AS BIGINT) AS number
FROM calendar
