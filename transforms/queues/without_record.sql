-- One row per action of a queue that became no record, so that none is lost in silence.
WITH
tie AS (
  SELECT person_id, list_sort(list(DISTINCT case_id)) AS cases
  FROM (SELECT person_id, case_id FROM published UNION ALL SELECT person_id, case_id FROM items)
  WHERE case_id <> ''
  GROUP BY person_id
)
SELECT
  action_id,
  message,
  item.action_id IS NULL                                                               AS is_unknown,
  (items.kind = 'release' OR items.step = 'identity_out') AND person.person_id IS NULL AS is_lost,
  items.person_id,
  coalesce(nullif(array_to_string(tie.cases, ', '), ''), 'none known')                 AS cases
FROM items
LEFT JOIN item USING (action_id, message)
LEFT JOIN known_persons AS person ON person.person_id = items.person_id
LEFT JOIN tie ON tie.person_id = items.person_id
WHERE items.queue = $queue AND action_id NOT IN (SELECT unnest(action_ids) FROM drafted)
ORDER BY action_id
