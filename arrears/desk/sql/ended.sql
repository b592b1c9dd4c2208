-- What ended each line that left the list since the night before, and what proves it: the first answer that holds.
WITH untrue AS (
  SELECT now.remedy, now.subject_id, now.part,
    list_filter(now.because, lambda one: NOT list_contains(
      CASE WHEN past.verdict = 'clear' THEN past.because ELSE CAST([] AS VARCHAR[]) END, one)) AS conditions
  FROM now_verdict AS now
  LEFT JOIN then_verdict AS past USING (remedy, subject_id, part)
  WHERE now.verdict = 'clear'
),
ended_by AS (
  SELECT remedy, subject_id, arg_max(part, part = 'enter') AS part,
    arg_max(conditions, part = 'enter') AS conditions
  FROM untrue WHERE len(conditions) > 0 GROUP BY remedy, subject_id
),
still AS (
  SELECT remedy, subject_id, min(kind) AS kind FROM work WHERE remedy IS NOT NULL GROUP BY ALL
),
answered AS (
  SELECT remedy, subject_id, any_value(verdict) FILTER (part = 'enter') AS verdict
  FROM now_verdict GROUP BY ALL
),
acted AS (
  SELECT episode_id, step, min(status) AS status FROM actions GROUP BY ALL
),
timed AS (
  SELECT 'deadline_' || past.status || ':' || deadline || ':' || subject_id || ':' || anchor_on AS item_id,
    now.status, now.met_on
  FROM deadlines AS now CROSS JOIN (VALUES ('due_soon'), ('overdue')) AS past(status)
)
SELECT gone.item_id, gone.kind, gone.remedy, gone.subject_id, gone.case_id, gone.person_id,
  gone.office, gone.worker, gone.episode_id, gone.step, gone.amount_cents,
  CASE
    WHEN word.item_id IS NOT NULL THEN 'decided'
    WHEN starts_with(gone.kind, 'deadline_') AND timed.status = 'met' THEN 'met'
    WHEN starts_with(gone.kind, 'deadline_') AND timed.status IN ('overdue', 'due_soon') THEN 'became'
    WHEN starts_with(gone.kind, 'deadline_') THEN 'not_there'
    WHEN changed.item_id IS NOT NULL THEN CASE WHEN changed.is_there THEN 'facts' ELSE 'not_there' END
    WHEN gone.remedy IS NULL THEN 'not_there'
    WHEN ending.episode_id IS NOT NULL THEN 'episode'
    WHEN ended_by.remedy IS NOT NULL THEN 'condition'
    WHEN still.remedy IS NOT NULL THEN 'became'
    WHEN answered.remedy IS NULL THEN 'not_there'
    WHEN gone.kind = 'unknown' AND answered.verdict <> 'unknown' THEN 'known'
    WHEN acted.status IS NOT NULL THEN 'goes_on'
    ELSE 'no_longer'
  END AS how,
  CASE
    WHEN word.item_id IS NOT NULL THEN [word.decision]
    WHEN starts_with(gone.kind, 'deadline_')
      THEN [coalesce(CAST(timed.met_on AS VARCHAR), 'deadline_' || timed.status)]
    WHEN changed.item_id IS NOT NULL THEN list_transform(changed.facts, lambda one: one.fact)
    WHEN ended_by.remedy IS NOT NULL THEN ended_by.conditions
    WHEN ending.episode_id IS NOT NULL THEN [ending.close_reason]
    WHEN still.remedy IS NOT NULL THEN [still.kind]
    WHEN acted.status IS NOT NULL AND gone.kind <> 'unknown' THEN [acted.status]
    ELSE gone.because
  END AS evidence,
  changed.facts AS changed, ended_by.part, ending.close_reason, word.by_user
FROM gone
LEFT JOIN word ON word.item_id IN (gone.item_id, gone.episode_id)
LEFT JOIN timed ON timed.item_id = gone.item_id
LEFT JOIN changed ON changed.item_id = gone.item_id
LEFT JOIN ending ON ending.episode_id = gone.episode_id
LEFT JOIN ended_by ON ended_by.remedy = gone.remedy AND ended_by.subject_id = gone.subject_id
LEFT JOIN still ON still.remedy = gone.remedy AND still.subject_id = gone.subject_id
LEFT JOIN answered ON answered.remedy = gone.remedy AND answered.subject_id = gone.subject_id
LEFT JOIN acted ON acted.episode_id = gone.episode_id AND acted.step = gone.step
QUALIFY row_number() OVER (
  PARTITION BY gone.item_id ORDER BY word.item_id = gone.item_id DESC NULLS LAST, timed.status) = 1
ORDER BY gone.item_id
