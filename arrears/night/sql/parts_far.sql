-- One row per case or person that ties others together: the least that it reaches, and the least that this one does.
SELECT reach.node, reach.root, above.root AS over
FROM parts.reach AS reach
JOIN parts.reach AS above ON above.node = reach.root
