-- One row per receipt by tonight, with what is left of it: a reversal takes back the receipt that it names, on
-- the day on which that came in, and is no receipt of its own. One that names none stands by itself.
WITH
posted AS (
  SELECT
    *,
    status = 'posted' AND coalesce(posted_on, received_on) <= $as_of AS is_posted
  FROM caseload.receipts
  WHERE received_on <= $as_of
),
taking_back AS (
  SELECT
    reversal.receipt_id                           AS reversal_id,
    original.receipt_id,
    original.case_id,
    reversal.amount_cents
  FROM posted AS reversal
  JOIN posted AS original
    ON original.receipt_id = reversal.reverses_receipt_id AND original.case_id = reversal.case_id
  WHERE reversal.is_posted AND reversal.reverses_receipt_id IS NOT NULL
),
taken_back AS (
  SELECT case_id, receipt_id, sum(amount_cents) AS cents
  FROM taking_back
  GROUP BY ALL
)
SELECT
  posted.case_id,
  posted.receipt_id,
  posted.received_on,
  posted.kind,
  posted.is_posted,
  CAST(posted.amount_cents + coalesce(taken_back.cents, 0) AS BIGINT) AS net_cents,
  posted.source_file,
  posted.source_line
FROM posted
LEFT JOIN taken_back USING (case_id, receipt_id)
ANTI JOIN taking_back AS reversal ON reversal.reversal_id = posted.receipt_id AND reversal.case_id = posted.case_id
