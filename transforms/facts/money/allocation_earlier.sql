-- One row per part that the agency allocated before, of a receipt that one of the last days takes back or gives back, and
-- per part that earlier reversals took of it: the net of all nights is what a reversal can still move.
WITH
moved AS (
  SELECT DISTINCT first_receipt_id
  FROM facts.reversal_chains
  SEMI JOIN facts.allocation_receipts AS receipts USING (receipt_id)
),
member AS (
  SELECT first_receipt_id AS receipt_id, first_receipt_id FROM moved
  UNION ALL
  SELECT chains.receipt_id, chains.first_receipt_id
  FROM facts.reversal_chains AS chains
  SEMI JOIN moved USING (first_receipt_id)
)
SELECT
  postings.receipt_id,
  member.first_receipt_id                                                         AS of_receipt_id,
  CAST(NULL AS BIGINT)                                                            AS tier_no,
  CAST(NULL AS VARCHAR)                                                           AS tier,
  postings.case_id,
  postings.balance_class,
  CASE WHEN balances.is_assigned THEN 'state' ELSE 'family' END                   AS pays,
  postings.amount_cents
FROM caseload.postings AS postings
JOIN member USING (receipt_id)
LEFT JOIN caseload.balances AS balances USING (case_id, balance_class)
