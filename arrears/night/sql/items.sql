-- The acts of a batch, each with what its record carries to the next one.
SELECT leaving.*, borne.carry
FROM leaving
LEFT JOIN (SELECT unnest(action_ids) AS action_id, carry FROM bearing) AS borne USING (action_id)
ORDER BY action_id
