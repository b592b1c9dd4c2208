-- One row per class of debt of these cases before the receipts that are to be allocated. Current support is what
-- falls due in the month of tonight and is not paid. In the class that grows, what the agency counts of it as past due
-- is left out, so that no cent is owed twice, and what its balance has already taken off for these receipts is put back.
WITH
due AS (
  SELECT
    case_id,
    sum(amount_cents)                                                             AS cents,
    sum(amount_cents) FILTER (due_on <= $as_of)                                   AS passed_cents
  FROM caseload.charges
  WHERE date_trunc('month', due_on) = date_trunc('month', $as_of)
  GROUP BY case_id
),
paid AS (
  SELECT receipt.case_id, sum(receipt.net_cents) AS cents
  FROM facts.receipt AS receipt
  ANTI JOIN facts.allocation_receipts AS open USING (receipt_id)
  WHERE receipt.is_posted AND date_trunc('month', receipt.received_on) = date_trunc('month', $as_of)
  GROUP BY receipt.case_id
),
counted AS (
  SELECT receipts.case_id, sum(receipts.amount_cents) AS cents
  FROM facts.allocation_receipts AS receipts
  CROSS JOIN facts.known AS known
  WHERE receipts.posted_on <= known.balances_through_on
  GROUP BY receipts.case_id
),
month AS (
  SELECT
    cases.case_id,
    coalesce(counted.cents, 0)                                                    AS taken_off_cents,
    cases.case_class,
    greatest(coalesce(due.cents, 0) - greatest(coalesce(paid.cents, 0), 0), 0)    AS current_cents,
    greatest(coalesce(due.passed_cents, 0) - greatest(coalesce(paid.cents, 0), 0), 0) AS counted_cents
  FROM facts.allocation_cases AS cases
  LEFT JOIN counted USING (case_id)
  LEFT JOIN due USING (case_id)
  LEFT JOIN paid USING (case_id)
)
SELECT case_id, 'current' AS balance_class, CAST(current_cents AS BIGINT) AS owed_cents, CAST(NULL AS BOOLEAN) AS is_assigned
FROM month
UNION ALL
SELECT
  balances.case_id,
  balances.balance_class,
  CAST(greatest(balances.past_due_cents - coalesce(balances.barred_cents, 0) - CASE
    WHEN balances.balance_class = CASE month.case_class
      WHEN 'never_assistance' THEN 'never_assigned'
      WHEN 'former_assistance' THEN 'post_assistance'
      ELSE 'during_assistance' END THEN month.counted_cents - month.taken_off_cents
    ELSE 0 END, 0) AS BIGINT)                                                     AS owed_cents,
  balances.is_assigned
FROM caseload.balances AS balances
JOIN month USING (case_id)
