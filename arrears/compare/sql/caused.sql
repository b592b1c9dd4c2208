-- Every changed line with its one main cause and the rung that proves it: where a line moved on several rungs, the first
-- cause of `$order`.
WITH
approved AS (
  SELECT DISTINCT remedy, subject_id FROM said WHERE decision = 'approve'
),
-- Of these persons nothing has left that nobody had approved.
about AS (
  SELECT person_id
  FROM sent
  LEFT JOIN approved USING (remedy, subject_id)
  WHERE person_id IS NOT NULL
  GROUP BY person_id
  HAVING bool_and(approved.remedy IS NOT NULL)
),
judged AS (
  SELECT
    changed.*,
    moved.rung,
    moved.label,
    CASE
      WHEN label = 'said' AND (
        EXISTS (FROM said WHERE said.item_id = changed.key)
        OR EXISTS (FROM said WHERE said.remedy = changed.remedy AND said.subject_id = changed.subject_id)
        OR EXISTS (FROM about WHERE about.person_id = changed.person_id))
        THEN 'decision'
      WHEN label = 'code' AND (list_contains($cards, remedy) OR (list = 'work' AND remedy IS NULL AND $work_is_rewritten))
        THEN 'rule'
      ELSE list_extract($causes, list_position($labels, label))
    END AS cause
  FROM changed
  JOIN moved USING (list, key)
)
FROM judged
QUALIFY row_number() OVER (PARTITION BY list, key ORDER BY label = 'today', list_position($order, cause), rung) = 1
