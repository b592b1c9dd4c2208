-- One row per case or person that is tied to another, with the one that stands for all of its group.
SELECT node, root
FROM parts.reach
WHERE node <> root
UNION ALL
SELECT leaf.node, coalesce(reach.root, leaf.center)
FROM parts.leaf AS leaf
LEFT JOIN parts.reach AS reach ON reach.node = leaf.center
