-- Each kind of line on the lists of the last nights: how many were shown, how many of them people decided, went away without
-- that, or are open for so long that they are ignored.
WITH
line AS (
  SELECT item_id, kind, count(*) AS nights, bool_or(as_of = $as_of) AS is_open
  FROM query($lists)
  GROUP BY item_id, kind
),
decided AS (
  SELECT DISTINCT item_id FROM quality.decisions WHERE decided_on <= $as_of
)
SELECT
  kind,
  count(*) AS shown,
  count(decided.item_id) AS decided,
  count(*) FILTER (decided.item_id IS NULL AND NOT is_open) AS gone,
  count(*) FILTER (decided.item_id IS NULL AND is_open) AS open,
  count(*) FILTER (decided.item_id IS NULL AND is_open AND nights >= $ignored_nights) AS ignored
FROM line
LEFT JOIN decided USING (item_id)
GROUP BY kind
ORDER BY ignored DESC, shown DESC, kind
