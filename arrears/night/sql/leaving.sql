-- The acts that leave: those that nothing stops and that a record carries or covers.
SELECT candidate.*
FROM candidate
WHERE reason IS NULL AND (is_covered OR action_id IN (SELECT unnest(action_ids) FROM bearing))
