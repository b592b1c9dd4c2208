-- One row per case with a notice of license action: how many regular payments since then were as large as the cure
-- that the notice offers (a part of the past-due amount it states, and current support), and when the last one came.
WITH
offered AS (
  SELECT
    notices.case_id,
    notices.license_notice_sent_on                                          AS from_on,
    -- As many equal parts as payments, rounded up: a cent short is short.
    (notices.license_notice_debt_cents + CAST($cure_payments AS BIGINT) - 1) // CAST($cure_payments AS BIGINT)
      + coalesce(fact.current_cents, 0)                                     AS share_cents
  FROM facts.license_notices AS notices
  JOIN facts.case_facts AS fact USING (case_id)
),
paid AS (
  SELECT case_id, received_on, sum(net_cents) AS cents
  FROM facts.receipt
  WHERE is_posted AND kind <> 'intercept'
  GROUP BY case_id, received_on
)
SELECT
  offered.case_id,
  CAST(offered.share_cents AS BIGINT)                                       AS cure_share_cents,
  count(*) FILTER (paid.cents >= offered.share_cents)                       AS cure_payments,
  max(paid.received_on) FILTER (paid.cents >= offered.share_cents)          AS cure_paid_on
FROM offered
LEFT JOIN paid ON paid.case_id = offered.case_id AND paid.received_on > offered.from_on
GROUP BY ALL
