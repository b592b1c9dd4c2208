-- The acts of the plan that a pause keeps back, and when each would leave. What lightens is never paused.
SELECT
  action_id, remedy, case_id, person_id, office, step, kind, queue, amount_cents, due_on,
  CASE status
    WHEN 'due' THEN 'leaves that day'
    WHEN 'needs_person' THEN 'waits for a person'
    ELSE 'comes due within the pause'
  END AS "when"
FROM weighed
WHERE kind <> 'ask'
  AND NOT is_covered
  AND NOT lightens
  AND (len($remedies) = 0 OR list_contains($remedies, remedy))
  AND ($office = '' OR office = $office)
  AND ($every_office OR list_contains($offices, office))
  AND (
    (status = 'due' AND $as_of BETWEEN $from_on AND coalesce($to_on, $as_of))
    OR (status = 'needs_person' AND coalesce($to_on >= $as_of, true))
    OR (status = 'waits' AND due_on BETWEEN $from_on AND coalesce($to_on, due_on))
  )
