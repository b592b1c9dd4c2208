-- One row per case with a notice of license action to the parent who owes: when the last one was served, and when the last one that did not
-- come back was sent, by the agency's record or by our own. One notice speaks of every license of the parent.
WITH
notice AS (
  SELECT
    case_id,
    notice_id,
    reference,
    sent_on,
    served_on,
    debt_cents,
    status,
    'caseload.notices@' || source_file || ':' || source_line                AS src
  FROM facts.case_notices
  WHERE is_obligors AND about = 'license_revocation' AND coalesce(sent_on, served_on) <= $as_of
),
served AS (
  SELECT case_id, notice_id, served_on, src
  FROM notice
  WHERE status = 'served' AND served_on <= $as_of
  QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY served_on DESC, notice_id DESC) = 1
),
failed AS (
  SELECT DISTINCT reference
  FROM notice
  WHERE status IN ('returned', 'unserved')
),
sent AS (
  SELECT case_id, max(day) AS sent_on, arg_max(debt_cents, day) AS debt_cents, max(src) AS src
  FROM (
    SELECT case_id, coalesce(sent_on, served_on) AS day, debt_cents, src
    FROM notice
    WHERE status IN ('sent', 'served')
    UNION ALL
    SELECT published.case_id, published.published_on, published.amount_cents, NULL AS src
    FROM facts.own_acts AS published
    ANTI JOIN failed ON failed.reference = published.action_id
    WHERE published.kind = 'notice' AND published.message IN ('license_revocation', 'license_suspension')
  )
  GROUP BY case_id
)
SELECT
  case_id,
  served.notice_id                                                          AS license_notice_id,
  served.served_on                                                          AS license_notice_served_on,
  sent.sent_on                                                              AS license_notice_sent_on,
  sent.debt_cents                                                           AS license_notice_debt_cents,
  calendar.rolls_to                                                         AS license_window_ends_on,
  coalesce(served.src, sent.src)                                            AS license_notice_src
FROM sent
FULL JOIN served USING (case_id)
LEFT JOIN calendar ON calendar.day = served.served_on + CAST($license_hearing_days AS INTEGER)
