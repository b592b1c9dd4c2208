-- One row per live episode whose next step waits: where its clock starts, and the last day of the
-- window. A closing weekend or holiday rolls in the parent's favor; the window is known to be closed
-- only when intake through its last day is complete and the mail lag is over.
WITH
anchor AS (
  SELECT
    progress.episode_id,
    step.*,
    CASE step.clock_from
      WHEN 'served' THEN notices.served_on
      WHEN 'sent' THEN published.published_on
      WHEN 'approved' THEN decision.decided_on
    END                                                    AS anchor_on,
    notices.status                                         AS notice_status,
    published.published_on                                 AS notice_sent_on
  FROM plan.progress AS progress
  JOIN card.step AS step ON step.remedy = progress.remedy AND step.step_no = progress.next_step_no
  LEFT JOIN ledger.published AS published
    ON published.episode_id = progress.episode_id AND published.step = step.clock_step
  LEFT JOIN caseload.notices AS notices ON notices.reference = published.action_id
  LEFT JOIN plan.decision AS decision
    ON decision.episode_id = progress.episode_id AND decision.step = step.clock_step
  WHERE step.clock_days IS NOT NULL
  QUALIFY row_number() OVER (
    PARTITION BY progress.episode_id ORDER BY anchor_on DESC NULLS LAST, notices.notice_id
  ) = 1
),
closing AS (
  SELECT
    anchor.*,
    CASE WHEN anchor.clock_rolls THEN calendar.rolls_to ELSE calendar.day END AS window_ends_on
  FROM anchor
  LEFT JOIN calendar ON calendar.day = anchor.anchor_on + CAST(anchor.clock_days AS INTEGER)
)
SELECT
  closing.episode_id,
  closing.anchor_on,
  closing.window_ends_on,
  closing.notice_status,
  closing.notice_sent_on,
  intake.complete_through_on                                                       AS intake_through_on,
  CASE
    WHEN closing.anchor_on IS NULL THEN false
    WHEN $as_of <= closing.window_ends_on THEN false
    WHEN closing.intake IS NULL THEN true
    WHEN intake.complete_through_on IS NULL THEN NULL
    ELSE intake.complete_through_on >= closing.window_ends_on + CAST(closing.mail_lag_days AS INTEGER)
  END                                                                              AS window_is_closed
FROM closing
LEFT JOIN facts.intake_known AS intake ON intake.kind = closing.intake
