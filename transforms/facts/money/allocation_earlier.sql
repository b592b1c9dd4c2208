-- One row per part of a receipt that the agency allocated before and that a receipt of the last days takes back.
SELECT
  postings.receipt_id,
  CAST(NULL AS BIGINT)                                                            AS tier_no,
  CAST(NULL AS VARCHAR)                                                           AS tier,
  postings.case_id,
  postings.balance_class,
  CASE WHEN balances.is_assigned THEN 'state' ELSE 'family' END                   AS pays,
  postings.amount_cents
FROM caseload.postings AS postings
SEMI JOIN facts.allocation_receipts AS receipts ON receipts.reverses_receipt_id = postings.receipt_id
LEFT JOIN caseload.balances AS balances USING (case_id, balance_class)
