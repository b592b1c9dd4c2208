-- The clock of each step that waits and of each deadline that is near or over, by item.
SELECT episode_id || ':' || step AS item_id,
  struct_pack("key" := clock_key, "number" := clock_count, "unit" := clock_unit, "from" := clock_from,
    "step" := clock_step, "anchor_on" := anchor_on, "notice_status" := notice_status,
    "ends_on" := window_ends_on,
    "tolled_by" := tolled_by, "tolled_days" := tolled_days, "intake" := intake,
    "intake_through_on" := intake_through_on, "is_closed" := window_is_closed) AS clock
FROM stepping WHERE clock_key IS NOT NULL
UNION ALL
SELECT 'deadline_' || status || ':' || deadline || ':' || subject_id || ':' || anchor_on,
  struct_pack("key" := clock_key, "number" := clock_count, "unit" := clock_unit, "from" := clock_from,
    "step" := NULL, "anchor_on" := anchor_on, "notice_status" := NULL, "ends_on" := ends_on,
    "tolled_by" := tolled_by, "tolled_days" := tolled_days, "intake" := NULL,
    "intake_through_on" := NULL, "is_closed" := NULL)
FROM deadline WHERE status IN ('due_soon', 'overdue')
