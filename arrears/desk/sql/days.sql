-- Each matter with the day that it belongs to: today's of whom it is given to as far as the minutes reach, first what is
-- urgent, soon due or just missed, which is today's in any case; later what is over it.
SELECT matter_id,
  CASE WHEN is_due OR sum(matter_minutes) OVER told <= $minutes_a_day THEN 'today' ELSE 'later' END AS day
FROM (
  SELECT matter_id, matter_minutes, priority, amount_cents,
    is_urgent OR is_due AS is_due,
    needs, CASE needs WHEN 'caseworker' THEN coalesce(assigned, office) WHEN 'supervisor' THEN office END AS whose
  FROM matter
  WHERE place_in_matter = 1
)
WINDOW told AS (
  PARTITION BY needs, whose
  ORDER BY is_due DESC, priority DESC, coalesce(amount_cents, 0) DESC, matter_id
  ROWS UNBOUNDED PRECEDING)
