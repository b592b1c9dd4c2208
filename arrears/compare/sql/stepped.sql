-- The changed lines with the step that moved each, and how many more of its list there are because of it: of verdicts
-- those that flag, of acts and of the work list all.
WITH
old AS (SELECT DISTINCT subject_id FROM query_table($first) WHERE list = 'verdict'),
new AS (SELECT DISTINCT subject_id FROM query_table($second) WHERE list = 'verdict')
SELECT
  line.* EXCLUDE (enter_was, enter_now),
  CASE
    WHEN list = 'verdict'
      THEN CAST(coalesce(enter_now = 'flag', false) AS INTEGER) - CAST(coalesce(enter_was = 'flag', false) AS INTEGER)
    ELSE CAST(now IS NOT NULL AS INTEGER) - CAST(was IS NOT NULL AS INTEGER)
  END AS more,
  CASE
    WHEN cause = 'calendar' AND label = 'said' THEN 'left'
    WHEN cause <> 'data' THEN cause
    WHEN new.subject_id IS NOT NULL AND old.subject_id IS NULL THEN 'new'
    WHEN old.subject_id IS NOT NULL AND new.subject_id IS NULL THEN 'gone'
    ELSE coalesce(nullif(reason.source, ''), 'data')
  END AS step,
  reason.* EXCLUDE (list, key, source)
FROM line
JOIN reason USING (list, key)
LEFT JOIN old USING (subject_id)
LEFT JOIN new USING (subject_id)
