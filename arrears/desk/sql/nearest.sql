-- The limit that each subject with a line on the list is nearest to, of those in the relation `measured`.
SELECT
  $remedy AS remedy,
  subject_id,
  near_condition,
  near_key,
  near_value,
  near_limit,
  CAST($hundred * abs(near_value - near_limit) // greatest(abs(near_limit), 1) AS BIGINT) AS near_percent
FROM measured
WHERE near_value IS NOT NULL
  AND near_limit IS NOT NULL
  AND subject_id IN (SELECT subject_id FROM work WHERE remedy = $remedy)
QUALIFY row_number() OVER (PARTITION BY subject_id ORDER BY near_percent, near_condition, near_key) = 1
