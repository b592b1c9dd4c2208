-- The acts of a batch, each with what its record carries to the next one. What a record only covers goes with the last file.
SELECT leaving.*, told.carry
FROM leaving
LEFT JOIN (SELECT unnest(action_ids) AS action_id, carry FROM frozen) AS told USING (action_id)
WHERE leaving.queue = $queue AND (told.action_id IS NOT NULL OR (leaving.is_covered AND $is_last))
ORDER BY action_id
