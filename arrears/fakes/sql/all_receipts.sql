-- The receipts as the contract has them: one is pending from the day it came in until the day it is posted.
WITH told AS (
  SELECT *, case_of(i) AS case_id, true AS is_posted FROM bulk_receipts
  UNION ALL
  SELECT *, case_of(i), false FROM bulk_receipts
  WHERE posted_on > received_on AND received_on >= getvariable('known_on')
)
SELECT case_id || CASE WHEN is_bounced THEN '-B' ELSE '-R' END || n AS receipt_id, case_id, received_on,
  CASE WHEN is_posted THEN posted_on END AS posted_on, CAST(cents AS BIGINT) AS amount_cents,
  CASE WHEN is_reversal THEN 'reversal' ELSE 'payment' END AS kind,
  CASE WHEN is_posted THEN 'posted' ELSE 'pending' END AS status,
  CASE WHEN by_employer THEN 'employer' ELSE 'obligor' END AS source,
  CASE WHEN is_reversal THEN case_id || '-B0' END AS reverses_receipt_id,
  CASE WHEN is_posted THEN posted_on ELSE received_on END AS known_on
FROM told
UNION ALL SELECT * FROM planted.receipts
