-- One row per step within reach that waits on a clock: its legal anchor, how long it is, and how many days a
-- hearing, a stay or an appeal has stopped it.
WITH
reached AS (
  SELECT DISTINCT episode_id, remedy, subject_id, step_no
  FROM plan.reach
),
-- Of a step that told several, the last one counts, and service only when all were served.
mail AS (
  SELECT
    episode_id,
    step,
    max(sent_on)                                                            AS sent_on,
    CASE WHEN count(served_on) = count(*) THEN max(served_on) END           AS served_on,
    max(CASE WHEN status IN ('returned', 'unserved') THEN status END)       AS status
  FROM plan.mail
  GROUP BY episode_id, step
)
SELECT
  reached.episode_id,
  step.step,
  step.clock_key,
  step.clock_count,
  step.clock_unit,
  step.clock_rolls,
  step.clock_on_last_day,
  step.clock_from,
  step.clock_step,
  CASE step.clock_from
    WHEN 'served' THEN mail.served_on
    WHEN 'sent' THEN mail.sent_on
    WHEN 'approved' THEN CASE WHEN decision.decision = 'approve' THEN decision.decided_on END
    ELSE named.anchor_on
  END                                                                       AS anchor_on,
  step.tolled_by,
  CASE WHEN step.tolled_by IS NULL THEN 0 ELSE named.tolled_days END        AS tolled_days,
  coalesce(mail.status, CASE WHEN mail.served_on IS NOT NULL THEN 'served' END) AS notice_status,
  mail.sent_on                                                              AS notice_sent_on,
  step.intake,
  step.mail_lag_days
FROM reached
JOIN card.step AS step ON step.remedy = reached.remedy AND step.step_no = reached.step_no
LEFT JOIN mail ON mail.episode_id = reached.episode_id AND mail.step = step.clock_step
LEFT JOIN plan.decision AS decision
  ON decision.episode_id = reached.episode_id AND decision.step = step.clock_step
LEFT JOIN card.anchor AS named
  ON named.remedy = reached.remedy AND named.step_no = reached.step_no AND named.subject_id = reached.subject_id
WHERE step.clock_key IS NOT NULL
