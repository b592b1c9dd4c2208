-- One row per case: its balances, what was paid in a year, and the day of the last payment.
WITH owed AS (
    SELECT
        case_id
      , sum(past_due_cents) AS past_due_cents
      , sum(past_due_cents) FILTER (is_assigned = 'Y') AS assigned_cents
    FROM balances
    GROUP BY case_id
), paid AS (
    SELECT
        case_id
      , sum(amount_cents) FILTER (received_on > $year_before) AS paid_cents
      , max(received_on) FILTER (kind = 'payment') AS last_paid_on
      , count(*) AS receipts
    FROM receipts
    WHERE status = 'posted' AND received_on <= $as_of
    GROUP BY case_id
)
SELECT
    case_id
  , CAST(coalesce(past_due_cents, 0) AS BIGINT) AS past_due_cents
  , CAST(coalesce(assigned_cents, 0) AS BIGINT) AS assigned_cents
  , CAST(coalesce(paid_cents, 0) AS BIGINT) AS paid_cents
  , last_paid_on
  , coalesce(receipts, 0) AS receipts
FROM cases
LEFT JOIN owed USING (case_id)
LEFT JOIN paid USING (case_id)
ORDER BY case_id
