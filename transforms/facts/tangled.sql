-- One row per case of which receipts take each other back in a circle, or one takes itself back: which of them came
-- in is not known, so nothing is known of what that case was paid. Others are not touched.
WITH RECURSIVE
step AS (
  SELECT DISTINCT receipts.case_id, receipts.receipt_id AS from_id, receipts.reverses_receipt_id AS to_id
  FROM caseload.receipts AS receipts
  WHERE receipts.reverses_receipt_id IS NOT NULL
),
reached AS (
  SELECT case_id, from_id, to_id
  FROM step
  UNION
  SELECT reached.case_id, reached.from_id, step.to_id
  FROM reached
  JOIN step ON step.case_id = reached.case_id AND step.from_id = reached.to_id
)
SELECT DISTINCT case_id
FROM reached
WHERE from_id = to_id
