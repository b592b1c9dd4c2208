-- Every scored line with whom it is given to, and of an undecided one the fact that most others wait for, where that
-- many do.
WITH
waits AS (
  SELECT item_id, unnest(missing) AS fact
  FROM scored
  WHERE kind = 'unknown' AND episode_id IS NULL
),
often AS (SELECT fact, count(*) AS lines FROM waits GROUP BY fact HAVING count(*) >= $one_cause_from),
-- A line that waits for several is one of the commonest; a fact to which few are left so is asked case by case.
commonest AS (
  SELECT item_id, first(fact ORDER BY lines DESC, fact) AS fact
  FROM waits JOIN often USING (fact)
  GROUP BY item_id
),
cause AS (FROM commonest QUALIFY count(*) OVER (PARTITION BY fact) >= $one_cause_from)
SELECT scored.*, coalesce(balanced.assigned, scored.worker) AS assigned, cause.fact AS cause,
  kind.title, CASE WHEN scored.is_urgent THEN 'urgent' ELSE coalesce(kind.heading, 'decide') END AS heading
FROM scored
LEFT JOIN balanced USING (item_id)
LEFT JOIN kind USING (kind)
LEFT JOIN cause USING (item_id)
