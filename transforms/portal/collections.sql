-- One row per receipt of the last months and parent who may see its case. Where money came from, and that a refund was
-- kept back, is told to who paid it alone.
SELECT
  party.case_id,
  party.person_id,
  party.role,
  replace(receipt.receipt_id, party.other_id, '*')        AS receipt_id,
  receipt.received_on,
  receipt.posted_on,
  receipt.amount_cents,
  CASE WHEN party.role = 'obligor' OR receipt.kind <> 'intercept' THEN receipt.kind ELSE 'payment' END AS kind,
  receipt.status,
  CASE party.role WHEN 'obligor' THEN coalesce(receipt.source, 'unknown') END AS source,
  replace(receipt.reverses_receipt_id, party.other_id, '*') AS reverses_receipt_id
FROM portal.party AS party
JOIN caseload.receipts AS receipt ON receipt.case_id = party.case_id
WHERE receipt.received_on <= $as_of
  AND receipt.received_on >= date_trunc('month', $as_of) - to_months(CAST($months AS INTEGER))
ORDER BY party.case_id, party.role, receipt.received_on, receipt.receipt_id
