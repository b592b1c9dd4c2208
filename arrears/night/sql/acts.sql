-- Every due act of the plan that has not left, weighed, with what a check of the night says against the record that would
-- carry it.
SELECT weighed.*, doubt.why AS record_doubt
FROM weighed
LEFT JOIN (
  SELECT action_id, queue, min(why) AS why
  FROM borne
  JOIN aside_record USING (queue, record_no)
  GROUP BY action_id, queue
) AS doubt USING (action_id, queue)
WHERE status = 'due'
  AND action_id NOT IN (SELECT action_id FROM gone)
  AND (is_covered OR action_id IN (SELECT action_id FROM borne))
