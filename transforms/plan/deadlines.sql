-- One row per deadline that runs or was met: its anchor, its last day, and how near or far that is tonight.
-- Whether it was met is not known where the fact that would tell is not.
SELECT
  deadline.deadline,
  deadline.subject_id,
  deadline.case_id,
  deadline.person_id,
  deadline.office,
  deadline.worker,
  deadline.anchor_on,
  last_day.ends_on,
  deadline.tolled_days,
  deadline.met_on,
  CASE
    WHEN deadline.met_on <= $as_of THEN 'met'
    WHEN NOT coalesce(deadline.is_known, false) OR last_day.ends_on IS NULL THEN 'unknown'
    WHEN last_day.ends_on < $as_of THEN 'overdue'
    WHEN date_diff('day', $as_of, last_day.ends_on) <= deadline.due_soon_days THEN 'due_soon'
    ELSE 'running'
  END                                                                             AS status,
  date_diff('day', CASE WHEN deadline.met_on <= $as_of THEN deadline.met_on ELSE $as_of END, last_day.ends_on)
                                                                                  AS days_left,
  deadline.needs,
  replace(deadline.said, '{ends_on}', coalesce(CAST(last_day.ends_on AS VARCHAR), 'not known')) AS said,
  deadline.clock_key,
  deadline.clock_count,
  deadline.clock_unit,
  deadline.clock_from,
  deadline.tolled_by
FROM card.deadline AS deadline
JOIN plan.window AS last_day
  ON last_day.anchor_on IS NOT DISTINCT FROM deadline.anchor_on
  AND last_day.clock_count = deadline.clock_count
  AND last_day.clock_unit = deadline.clock_unit
  AND last_day.clock_rolls IS NOT DISTINCT FROM deadline.clock_rolls
  AND last_day.tolled_days IS NOT DISTINCT FROM deadline.tolled_days
