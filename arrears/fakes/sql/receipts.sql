-- What the bulk paid, as each one's conduct has it, bounced payments with their reversals.
WITH manner AS (
  SELECT i, conduct, stopped_on, ends_on, dice('lag', i, 97) AS lag, 4 + dice('part', i, 5) AS tenths,
    CASE WHEN dice('by', i, 10) < 5 THEN 'employer' ELSE 'obligor' END AS source
  FROM bulk WHERE conduct <> 'never'
),
paid AS (
  SELECT bulk_charges.i, CAST('R' || n AS VARCHAR) AS tail, source, 'payment' AS kind, NULL AS reverses,
    due_on + CAST((lag + n * 17) % CASE conduct WHEN 'partial' THEN 9 ELSE 4 END AS INTEGER)
      AS received_on,
    (lag + n) % 8 = 0 AS is_slow, stopped_on,
    CASE conduct WHEN 'partial' THEN cents * tenths // 1000 * 100 ELSE cents END AS cents
  FROM bulk_charges JOIN manner USING (i)
),
bounced AS (
  SELECT i, tail, 'obligor', kind, reverses, $first_night - before_days, false, NULL,
    CAST(sign * current_cents AS INTEGER)
  FROM bulk, (VALUES ('B0', 'payment', NULL, 40, 1), ('B1', 'reversal', 'B0', 31, -1))
    AS pair(tail, kind, reverses, before_days, sign)
  WHERE conduct = 'stopped' AND dice('bounced', i, 40) = 0
)
SELECT i, tail, source, kind, reverses, received_on, cents,
  received_on + CASE WHEN is_slow THEN 1 ELSE 0 END AS posted_on
FROM (SELECT * FROM paid UNION ALL SELECT * FROM bounced)
WHERE received_on <= $last_on AND received_on <= coalesce(stopped_on, received_on)
ORDER BY i, received_on, tail
