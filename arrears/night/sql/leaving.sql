-- The acts that leave: those that nothing stops and that a record carries or covers.
SELECT candidate.*
FROM candidate
WHERE reason IS NULL
  AND (is_covered OR action_id IN (SELECT action_id FROM borne JOIN bearing USING (queue, record_no)))
