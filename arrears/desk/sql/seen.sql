-- Since when each item has stood on the list without a gap, and for how many nights.
SELECT
  work.item_id,
  coalesce(seen.first_seen_on, $as_of) AS first_seen_on,
  coalesce(seen.nights, 0) + 1 AS nights
FROM work
LEFT JOIN seen USING (item_id)
ORDER BY item_id
