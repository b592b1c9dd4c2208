-- One row per case: the month that ended with yesterday, the past-due principal on its last day, what had to be paid in
-- it and what was. Where the month has not just ended, no principal of a month's end is known.
WITH
month AS (
  SELECT
    $as_of - 1                                                                    AS ends_on,
    CAST(date_trunc('month', $as_of - 1) AS DATE)                                 AS begins_on,
    last_day($as_of - 1) = $as_of - 1                                             AS has_ended
),
asked AS (
  SELECT case_id, date_trunc('month', due_on) AS of_month, sum(amount_cents) AS cents
  FROM facts.charge
  WHERE due_on < $as_of
  GROUP BY ALL
),
required AS (
  -- Where nothing falls due any more, the last obligation is the measure.
  SELECT case_id, arg_max(cents, of_month) AS cents FROM asked GROUP BY case_id
),
paid AS (
  SELECT receipt.case_id, sum(receipt.net_cents) AS cents
  FROM facts.receipt AS receipt
  CROSS JOIN month
  WHERE receipt.is_posted AND receipt.net_cents > 0 AND receipt.kind IN ('payment', 'intercept')
    AND receipt.received_on BETWEEN month.begins_on AND month.ends_on
  GROUP BY receipt.case_id
),
issued AS (
  SELECT
    case_id,
    CASE WHEN bool_or(issuing_state <> $state) THEN false
      WHEN bool_and(issuing_state = $state) THEN true END                   AS is_ours
  FROM caseload.orders
  GROUP BY case_id
)
SELECT
  fact.case_id,
  month.ends_on                                                                   AS month_ends_on,
  month.has_ended AND known.balances_through_on >= month.ends_on
    AND known.payments_through_on >= month.ends_on                                AS month_has_ended,
  CASE WHEN fact.balance_is_trusted THEN fact.past_due_cents END                  AS principal_cents,
  CAST(required.cents AS BIGINT)                                                  AS required_cents,
  CAST(coalesce(paid.cents, 0) AS BIGINT)                                         AS paid_cents,
  CASE WHEN given.receipts AND given.charges AND required.cents IS NOT NULL
    THEN coalesce(paid.cents, 0) >= required.cents END                            AS required_payment_made,
  issued.is_ours                                                                  AS order_is_of_this_state,
  coalesce(NOT fact.is_full_service, false) OR coalesce(NOT issued.is_ours, false) AS is_excluded,
  entry.case_id IS NOT NULL                                                       AS is_entered
FROM facts.case_facts AS fact
CROSS JOIN month
CROSS JOIN facts.known AS known
JOIN facts.known_case AS given ON given.case_id = fact.case_id
LEFT JOIN required ON required.case_id = fact.case_id
LEFT JOIN paid ON paid.case_id = fact.case_id
LEFT JOIN issued ON issued.case_id = fact.case_id
LEFT JOIN caseload.interest_entries AS entry ON entry.case_id = fact.case_id AND entry.month_ends_on = month.ends_on
