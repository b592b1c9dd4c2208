-- The receipts as the contract has them: one is pending from the day it came in until the day it is posted.
SELECT case_of(i) || '-' || tail AS receipt_id, case_of(i) AS case_id, received_on,
  CASE WHEN is_posted THEN posted_on END AS posted_on, CAST(cents AS BIGINT) AS amount_cents, kind,
  CASE WHEN is_posted THEN 'posted' ELSE 'pending' END AS status, source,
  case_of(i) || '-' || reverses AS reverses_receipt_id,
  CASE WHEN is_posted THEN posted_on ELSE received_on END AS known_on
FROM bulk_receipts, (VALUES (true), (false)) AS states(is_posted)
WHERE is_posted OR (posted_on > received_on AND received_on >= getvariable('known_on'))
UNION ALL SELECT * FROM planted.receipts
