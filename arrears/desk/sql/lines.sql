-- Every line of tonight: what it was last night, since when it stands, how near its subject is to a limit, what is not
-- known of it, what guide and statute say, and its clock. What counts as a change is another ground, step or amount;
-- that a day has gone by is none.
SELECT work.*, coalesce(kind.urgent, false) AS is_urgent, coalesce(kind.minutes, 0) AS minutes,
  coalesce(kind.place, $last_place) AS place,
  CASE WHEN was.item_id IS NULL THEN 'new'
    WHEN work.kind <> was.kind OR work.needs IS DISTINCT FROM was.needs
      OR work.amount_cents IS DISTINCT FROM was.amount_cents
      OR work.facts_hash IS DISTINCT FROM was.facts_hash
      OR (work.facts_hash IS NULL AND work.because IS DISTINCT FROM was.because) THEN 'changed'
    ELSE 'same' END AS since,
  CASE WHEN was.item_id IS NOT NULL THEN struct_pack(kind := was.kind, needs := was.needs,
    amount_cents := was.amount_cents, because := was.because, due_on := was.due_on) END AS was,
  coalesce(seen.first_seen_on, $as_of) AS first_seen_on, coalesce(seen.nights, 0) + 1 AS nights_open,
  nearest.near_condition, nearest.near_key, nearest.near_value, nearest.near_limit, nearest.near_percent,
  CASE WHEN work.kind = 'unknown'
    THEN coalesce(nullif(list_filter(missing.facts, lambda one: one IS NOT NULL), []), work.because)
    END AS missing,
  reading.guide_verdict AS guide, reading.law_verdict AS law,
  CASE WHEN work.kind NOT IN ('unserved_notice', 'review') OR clock.clock.anchor_on IS NOT NULL
    THEN clock.clock END AS clock
FROM work
LEFT JOIN kind USING (kind)
LEFT JOIN was ON was.item_id = work.item_id
LEFT JOIN seen ON seen.item_id = work.item_id
LEFT JOIN nearest ON nearest.remedy = work.remedy AND nearest.subject_id = work.subject_id
LEFT JOIN missing ON missing.item_id = work.item_id
LEFT JOIN reading ON reading.remedy = work.remedy AND reading.subject_id = work.subject_id
LEFT JOIN clock ON clock.item_id = work.item_id
