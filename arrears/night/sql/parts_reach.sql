-- One row per case or person that ties others together, after one more round: whoever has a tie, and whoever stands for
-- them, take on what its other end has reached. With each round the reach of all doubles.
SELECT node, min(root) AS root
FROM (
  SELECT node, over AS root
  FROM parts.far
  UNION ALL
  SELECT core.a, other.over
  FROM parts.core AS core
  JOIN parts.far AS other ON other.node = core.b
  UNION ALL
  SELECT own.root, other.over
  FROM parts.core AS core
  JOIN parts.far AS own ON own.node = core.a
  JOIN parts.far AS other ON other.node = core.b
)
GROUP BY node
