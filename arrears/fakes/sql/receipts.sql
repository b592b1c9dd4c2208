-- What the bulk paid, as each one's conduct has it, bounced payments with their reversals. Held in numbers: the tail of
-- the receipt's name, and whom it reverses, are put together as it is written.
WITH manner AS (
  SELECT i, conduct, stopped_on, ends_on, dice('lag', i, 97) AS lag, 4 + dice('part', i, 5) AS tenths,
    dice('by', i, 10) < 5 AS by_employer
  FROM bulk WHERE conduct <> 'never'
),
paid AS (
  SELECT bulk_charges.i, n, 'R' AS letter, by_employer, false AS is_reversal,
    due_on + CAST((lag + n * 17) % CASE conduct WHEN 'partial' THEN 9 ELSE 4 END AS INTEGER)
      AS received_on,
    (lag + n) % 8 = 0 AS is_slow, stopped_on,
    CASE conduct WHEN 'partial' THEN cents * tenths // 1000 * 100 ELSE cents END AS cents
  FROM bulk_charges JOIN manner USING (i)
  WHERE conduct <> 'partial' OR (lag + n * 7) % 10 < $partial_pays
),
bounced AS (
  SELECT i, n, 'B', false, n = 1, $first_night - before_days, false, NULL,
    CAST(sign * current_cents AS INTEGER)
  FROM bulk, (VALUES (0, 40, 1), (1, 31, -1)) AS pair(n, before_days, sign)
  WHERE conduct = 'stopped' AND dice('bounced', i, 40) = 0
)
SELECT i, CAST(n AS SMALLINT) AS n, letter = 'B' AS is_bounced, by_employer, is_reversal, received_on, CAST(cents AS INTEGER) AS cents,
  received_on + CASE WHEN is_slow THEN 1 ELSE 0 END AS posted_on
FROM (SELECT * FROM paid UNION ALL SELECT * FROM bounced)
WHERE received_on <= $last_on AND received_on <= coalesce(stopped_on, received_on)
ORDER BY i, is_bounced, n
