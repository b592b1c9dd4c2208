-- One line for each fact that many wait for, in place of theirs, with what they come to.
SELECT
  'cause:' || cause AS item_id, $kind AS kind, 'operator' AS needs, CAST(sum(amount_cents) AS BIGINT) AS amount_cents,
  [cause] AS because, [cause] AS missing, false AS readings_differ, false AS is_urgent, false AS is_protected,
  any_value(kind.minutes) AS minutes, any_value(kind.place) AS place,
  CASE WHEN bool_and(since = 'new') THEN 'new' ELSE 'same' END AS since,
  min(first_seen_on) AS first_seen_on, max(nights_open) AS nights_open, max(priority) AS priority,
  [struct_pack(name := 'kind', points := max(priority), n := CAST(0 AS BIGINT))] AS score,
  any_value(kind.title) AS title, any_value(kind.heading) AS heading, cause,
  format('{:,} lines about {:,} cases and persons wait for one fact: {}.', count(*),
    count(DISTINCT coalesce(case_id, person_id, subject_id)), any_value(coalesce(said.title, cause))) AS why
FROM given
LEFT JOIN kind ON kind.kind = $kind
LEFT JOIN fact_title AS said ON said.fact = given.cause
WHERE cause IS NOT NULL
GROUP BY cause
