-- The acts and the lines of the work list that differ, and the minutes of work that come or go with them.
SELECT
  changed.*,
  minutes_of.title,
  minutes_of.minutes,
  CASE
    WHEN list <> 'work' THEN 0
    WHEN was IS NULL THEN minutes
    WHEN now IS NULL THEN -minutes
    ELSE 0
  END AS more_minutes
FROM changed
LEFT JOIN minutes_of USING (kind)
WHERE list <> 'verdict' AND ($remedy IS NULL OR remedy = $remedy)
