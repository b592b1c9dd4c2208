-- The changed lines that say the same for the same reason, the largest groups first, each with its largest line.
SELECT
  list,
  step,
  any_value(cause) AS cause,
  remedy,
  kind,
  condition,
  answer_was,
  answer_now,
  facts,
  CASE WHEN condition IS NULL THEN fact END AS of_fact,
  CASE WHEN more > 0 THEN 'more' WHEN more < 0 THEN 'fewer' ELSE 'changed' END AS moves,
  count(*) AS lines,
  count(DISTINCT person_id) AS persons,
  CAST(sum(more) AS BIGINT) AS more,
  CAST(sum(coalesce(now_cents, 0) - coalesce(was_cents, 0)) AS BIGINT) AS more_cents,
  arg_min(struct_pack(
    key := key, case_id := case_id, person_id := person_id, was := was, now := now, fact := fact,
    fact_was := fact_was, fact_now := fact_now), (-greatest(coalesce(now_cents, 0), coalesce(was_cents, 0)), key)) AS largest
FROM line
WHERE is_within(CAST($offices AS VARCHAR[]), office, case_id, person_id)
GROUP BY ALL
ORDER BY lines DESC, list, step, remedy, kind, condition, answer_was, answer_now, of_fact, moves
