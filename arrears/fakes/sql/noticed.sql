-- Who of the bulk was sent a notice of debt, and how its service ended.
WITH begun AS (
  SELECT i, conduct, obligor_p, opening_cents + assigned_opening_cents AS opening_cents,
    CASE conduct WHEN 'partial' THEN first_due_on + 60 ELSE greatest(stopped_on, first_due_on) + 40 END
      + CAST(dice('noticed', i, 60) AS INTEGER) AS sent_on,
    CASE WHEN dice('notice', i, 100) < $served THEN 'served'
         WHEN dice('notice', i, 100) < $served + $returned THEN 'returned'
         WHEN dice('notice', i, 100) < $served + $returned + $unanswered THEN 'sent' END AS status,
    2 + CAST(dice('service', i, 9) AS INTEGER) AS service_days
  FROM bulk WHERE conduct IN ('partial', 'stopped', 'never')
),
due AS (
  SELECT i, sum(cents) AS cents FROM bulk_charges JOIN begun USING (i)
  WHERE due_on <= sent_on GROUP BY i
),
paid AS (
  SELECT i, sum(cents) AS cents FROM bulk_receipts JOIN begun USING (i)
  WHERE posted_on <= sent_on GROUP BY i
)
SELECT begun.*, opening_cents + coalesce(due.cents, 0) - coalesce(paid.cents, 0) AS debt_cents,
  sent_on + service_days AS ended_on
FROM begun LEFT JOIN due USING (i) LEFT JOIN paid USING (i)
WHERE status IS NOT NULL AND sent_on + service_days <= $known_on AND debt_cents > 0
