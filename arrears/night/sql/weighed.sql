-- Every act of the relation `planned`, with the last amount that was said of it. `lightens`: a release, or less than was
-- said before; nothing that people stop or pause keeps it back. `eases`: what lays nothing new on anybody, which is also
-- an equal amount, and who somebody is set right.
SELECT
  planned.*,
  kind = 'release' OR coalesce(kind = 'update' AND amount_cents < said.cents, false) AS lightens,
  said.cents AS said_cents,
  kind = 'release' OR (kind = 'update' AND coalesce(amount_cents, 0) <= coalesce(said.cents, 0)) AS eases
FROM planned
LEFT JOIN (
  SELECT episode_id, target_id, arg_max(amount_cents, version) AS cents
  FROM published
  WHERE kind IN ('send', 'update')
  GROUP BY ALL
) AS said USING (episode_id, target_id)
