-- Every line with the matter that it is part of: one case (or person), kind of work, office and decider, in which the
-- line of the highest score comes first. What is urgent, and what is about nobody, is a matter of its own; lines that
-- wait for one fact that many wait for are the matter of that fact. The day of a step is the one from which it may be
-- taken, and no day that can be missed.
WITH
named AS (
  SELECT *,
    CASE WHEN cause IS NOT NULL THEN 'cause:' || cause
      WHEN is_urgent OR coalesce(case_id, person_id) IS NULL THEN item_id
      ELSE concat_ws(':', heading, needs, coalesce(office, ''), coalesce(case_id, person_id)) END AS matter_id
  FROM every_line
)
SELECT *,
  row_number() OVER (
    PARTITION BY matter_id
    ORDER BY kind = $one_cause DESC, priority DESC, coalesce(amount_cents, 0) DESC, item_id) AS place_in_matter,
  count(*) OVER whole - 1 AS folded,
  CASE WHEN cause IS NULL THEN max(minutes) OVER whole ELSE minutes END AS matter_minutes,
  bool_or(coalesce(step IS NULL
    AND abs(date_diff('day', due_on, $as_of)) <= $due_within_days, false)) OVER whole AS is_due,
  bool_or(coalesce(step IS NULL
    AND date_diff('day', due_on, $as_of) > $due_within_days, false)) OVER whole AS is_long_late
FROM named
WINDOW whole AS (PARTITION BY matter_id)
