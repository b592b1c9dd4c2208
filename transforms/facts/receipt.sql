-- One row per receipt by tonight, with what is left of it: a reversal takes back the receipt that it names, on
-- the day on which that came in, and is no receipt of its own. What takes a reversal back (a check that was
-- honored when it was presented again) belongs to the receipt at the end of the chain. One that names none, or
-- whose chain is a circle, stands by itself: what such a case was paid is not known (`tangled`).
WITH RECURSIVE
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
chain AS (
  -- Each reversal with every receipt that it reaches; without ALL, a circle ends.
  SELECT case_id, reversal_id, receipt_id
  FROM taking_back
  UNION
  SELECT chain.case_id, chain.reversal_id, next.receipt_id
  FROM chain
  JOIN taking_back AS next ON next.case_id = chain.case_id AND next.reversal_id = chain.receipt_id
),
ended AS (
  SELECT chain.case_id, chain.reversal_id, chain.receipt_id
  FROM chain
  ANTI JOIN taking_back AS next ON next.case_id = chain.case_id AND next.reversal_id = chain.receipt_id
),
taken_back AS (
  SELECT ended.case_id, ended.receipt_id, sum(reversal.amount_cents) AS cents
  FROM ended
  JOIN taking_back AS reversal ON reversal.case_id = ended.case_id AND reversal.reversal_id = ended.reversal_id
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
ANTI JOIN ended ON ended.reversal_id = posted.receipt_id AND ended.case_id = posted.case_id
