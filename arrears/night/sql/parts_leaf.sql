-- One row per case or person with one tie alone: it ties nothing together, and waits for what becomes of its center.
SELECT CASE WHEN many_b = 1 THEN b ELSE a END AS node, CASE WHEN many_b = 1 THEN a ELSE b END AS center
FROM parts.counted
WHERE least(many_a, many_b) = 1
