-- One row per tie, each way, of two that have others besides.
SELECT a, b
FROM parts.counted
WHERE least(many_a, many_b) > 1
UNION ALL
SELECT b, a
FROM parts.counted
WHERE least(many_a, many_b) > 1
