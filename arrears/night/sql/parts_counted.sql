-- One row per tie of two, with how many ties either of them has.
WITH
degree AS (
  SELECT node, count(*) AS many
  FROM (SELECT a AS node FROM parts.tie UNION ALL SELECT b FROM parts.tie)
  GROUP BY node
)
SELECT tie.a, tie.b, one.many AS many_a, other.many AS many_b
FROM parts.tie AS tie
JOIN degree AS one ON one.node = tie.a
JOIN degree AS other ON other.node = tie.b
