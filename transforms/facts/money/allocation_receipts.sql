-- One row per receipt of the last days that the agency has not allocated: the kind of money decides its waterfall. An
-- intercept of which nobody says what it is has no kind; one that is held is not given out before its day. Where the
-- debts of one of the parent's cases are not known or not trusted, nothing is allocated for them; a case that may be
-- open twice has one and the same family.
WITH
doubtful AS (
  SELECT DISTINCT person_id
  FROM facts.case_facts
  WHERE case_is_open AND (past_due_cents IS NULL OR (balance_is_trusted IS FALSE AND len(twin_cases) = 0))
  UNION
  SELECT obligor_id
  FROM caseload.cases
  SEMI JOIN facts.tangled USING (case_id)
)
SELECT
  receipts.receipt_id,
  cases.obligor_id                                                                AS person_id,
  receipts.case_id,
  receipts.received_on,
  CASE
    WHEN intercepts.kind = 'other' THEN 'ordinary'
    WHEN intercepts.kind IS NOT NULL THEN intercepts.kind
    WHEN receipts.kind = 'intercept' OR receipts.source = 'tax' THEN 'unknown_intercept'
    ELSE 'ordinary'
  END                                                                             AS kind,
  receipts.amount_cents,
  coalesce(chains.first_receipt_id, receipts.reverses_receipt_id)                 AS reverses_receipt_id,
  held.receipt_id IS NOT NULL                                                     AS is_on_hold,
  -- The holds of the night stand in facts.money_held.
  CAST(NULL AS BOOLEAN)                                                           AS is_joint_return,
  CAST(NULL AS DATE)                                                              AS spouse_settled_on,
  coalesce(receipts.posted_on, receipts.received_on)                              AS posted_on
FROM caseload.receipts AS receipts
JOIN caseload.cases AS cases USING (case_id)
CROSS JOIN facts.money_known AS known
LEFT JOIN caseload.intercepts AS intercepts USING (receipt_id)
LEFT JOIN facts.money_held AS held USING (receipt_id)
LEFT JOIN facts.reversal_chains AS chains USING (receipt_id)
ANTI JOIN caseload.postings AS postings ON postings.receipt_id = receipts.receipt_id
ANTI JOIN doubtful ON doubtful.person_id = cases.obligor_id
WHERE known.postings
  AND receipts.status = 'posted'
  AND receipts.kind <> 'adjustment'
  AND coalesce(receipts.posted_on, receipts.received_on) <= $as_of
  AND coalesce(receipts.posted_on, receipts.received_on) >= $as_of - CAST($stale_after_days AS INTEGER)
