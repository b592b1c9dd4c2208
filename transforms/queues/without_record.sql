-- One row per action that became no record of its queue, so that none is lost in silence. `told` is every action that a
-- record carries or that was refused with one; `known_message` is what each queue may say.
WITH
tie AS (
  SELECT person_id, list_sort(list(DISTINCT case_id)) AS cases
  FROM (SELECT person_id, case_id FROM published UNION ALL SELECT person_id, case_id FROM items)
  WHERE case_id <> ''
  GROUP BY person_id
)
SELECT
  items.queue,
  action_id,
  items.message,
  known_message.message IS NULL                                                        AS is_unknown,
  (items.kind = 'release' OR items.step = 'identity_out') AND person.person_id IS NULL AS is_lost,
  items.person_id,
  coalesce(nullif(array_to_string(tie.cases, ', '), ''), 'none known')                 AS cases
FROM items
LEFT JOIN known_message ON known_message.queue = items.queue AND known_message.message = items.message
LEFT JOIN known_persons AS person ON person.person_id = items.person_id
LEFT JOIN tie ON tie.person_id = items.person_id
WHERE items.queue IN (SELECT queue FROM known_message) AND action_id NOT IN (SELECT action_id FROM told)
ORDER BY items.queue, action_id
