-- One row per receipt that takes back another one, or gives back what such a one took: the first receipt of the chain,
-- whose parts it moves. A chain that comes back to itself has none, and is told of nothing.
WITH RECURSIVE
chain AS (
  SELECT receipt_id, reverses_receipt_id AS first_receipt_id
  FROM caseload.receipts
  WHERE reverses_receipt_id IS NOT NULL
  UNION
  SELECT chain.receipt_id, receipts.reverses_receipt_id
  FROM chain
  JOIN caseload.receipts AS receipts ON receipts.receipt_id = chain.first_receipt_id
  WHERE receipts.reverses_receipt_id IS NOT NULL
)
SELECT receipt_id, first_receipt_id
FROM chain
ANTI JOIN caseload.receipts AS receipts
  ON receipts.receipt_id = chain.first_receipt_id AND receipts.reverses_receipt_id IS NOT NULL
