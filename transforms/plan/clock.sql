-- One row per live episode and step that waits on a clock: where it starts, what stopped it, and the last day of
-- its window, which is known to be closed only when intake through that day is complete and the mail lag is over.
-- A step that waits for nobody's answer may be taken on the last day itself.
SELECT
  anchor.episode_id,
  anchor.step,
  anchor.clock_key,
  anchor.clock_count,
  anchor.clock_unit,
  anchor.clock_rolls,
  anchor.clock_on_last_day,
  anchor.clock_from,
  anchor.clock_step,
  anchor.anchor_on,
  anchor.tolled_by,
  anchor.tolled_days,
  last_day.ends_on                                                                 AS window_ends_on,
  anchor.notice_status,
  anchor.notice_sent_on,
  anchor.intake,
  anchor.mail_lag_days,
  intake.complete_through_on                                                       AS intake_through_on,
  CASE
    WHEN anchor.anchor_on IS NULL THEN false
    WHEN last_day.ends_on IS NULL THEN NULL
    WHEN $as_of < last_day.ends_on THEN false
    WHEN $as_of = last_day.ends_on AND anchor.clock_on_last_day IS NOT TRUE THEN false
    WHEN anchor.intake IS NULL THEN true
    WHEN intake.complete_through_on IS NULL THEN NULL
    ELSE intake.complete_through_on >= last_day.ends_on + CAST(anchor.mail_lag_days AS INTEGER)
  END                                                                              AS window_is_closed
FROM plan.anchor AS anchor
JOIN plan.window AS last_day
  ON last_day.anchor_on IS NOT DISTINCT FROM anchor.anchor_on
  AND last_day.clock_count = anchor.clock_count
  AND last_day.clock_unit = anchor.clock_unit
  AND last_day.clock_rolls IS NOT DISTINCT FROM anchor.clock_rolls
  AND last_day.tolled_days IS NOT DISTINCT FROM anchor.tolled_days
LEFT JOIN facts.intake_known AS intake ON intake.kind = anchor.intake
