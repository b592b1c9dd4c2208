-- What people thought of each item that the rules put before them: yes, no, or not said. A later decision on an item
-- replaces an earlier one; a hold is not an opinion.
SELECT
  remedy,
  item_id,
  reason_code,
  CASE WHEN decision = 'approve' THEN 'yes' ELSE coalesce(reason.was_right, 'not_said') END AS was_right,
  decision = 'approve' AS is_approved
FROM (
  SELECT *
  FROM quality.decisions
  WHERE remedy <> '' AND decided_on <= $as_of
  QUALIFY row_number() OVER (PARTITION BY item_id ORDER BY position DESC) = 1
) AS last
LEFT JOIN quality.reason AS reason ON reason.code = last.reason_code
WHERE decision IN ('approve', 'reject')
