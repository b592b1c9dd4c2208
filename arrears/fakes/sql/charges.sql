-- Every installment of the bulk that fell due by the last night.
WITH counted AS (
  SELECT *, least(coalesce(ends_on, $last_on), $last_on) AS last_on FROM bulk WHERE conduct <> 'zero_order'
),
numbered AS (
  SELECT counted.*, unnest(range(0, 1 + CASE frequency
      WHEN 'weekly' THEN (last_on - first_due_on) // 7
      WHEN 'biweekly' THEN (last_on - first_due_on) // 14
      WHEN 'semimonthly' THEN date_diff('month', first_due_on, last_on) * 2 + 1
      WHEN 'quarterly' THEN date_diff('month', first_due_on, last_on) // 3
      ELSE date_diff('month', first_due_on, last_on) END)) AS n
  FROM counted
)
SELECT CAST(i AS INTEGER) AS i, CAST(n AS SMALLINT) AS n, CAST(current_cents AS INTEGER) AS cents,
  CAST(CASE frequency
    WHEN 'weekly' THEN first_due_on + CAST(7 * n AS INTEGER)
    WHEN 'biweekly' THEN first_due_on + CAST(14 * n AS INTEGER)
    WHEN 'semimonthly' THEN first_due_on + to_months(CAST(n // 2 AS INTEGER))
                            + to_days(CAST(14 * (n % 2) AS INTEGER))
    WHEN 'quarterly' THEN first_due_on + to_months(CAST(3 * n AS INTEGER))
    ELSE first_due_on + to_months(CAST(n AS INTEGER)) END AS DATE) AS due_on
FROM numbered
WHERE due_on <= last_on ORDER BY i, n
