-- One row per class of debt of these cases before the receipts that are to be allocated. Current support is what falls
-- due in a month and is not paid: of each month in which one of these receipts came in, since money is current in the
-- month of its receipt, and of tonight's. In the class that grows, what the agency counts of it as past due is left out,
-- so that no cent is owed twice, and what its balance has already taken off for these receipts is put back.
WITH
months AS (
  SELECT cases.case_id, CAST(date_trunc('month', receipts.received_on) AS DATE) AS of_month
  FROM facts.allocation_cases AS cases
  JOIN facts.allocation_receipts AS receipts USING (person_id)
  UNION
  SELECT case_id, CAST(date_trunc('month', $as_of) AS DATE) FROM facts.allocation_cases
),
due AS (
  SELECT
    charges.case_id,
    CAST(date_trunc('month', charges.due_on) AS DATE)                             AS of_month,
    sum(charges.amount_cents)                                                     AS cents,
    sum(charges.amount_cents) FILTER (charges.due_on <= least(known.balances_through_on, $as_of)) AS passed_cents
  FROM caseload.charges AS charges
  CROSS JOIN facts.known AS known
  SEMI JOIN months ON months.case_id = charges.case_id AND months.of_month = date_trunc('month', charges.due_on)
  GROUP BY ALL
),
paid AS (
  SELECT
    receipt.case_id,
    CAST(date_trunc('month', receipt.received_on) AS DATE)                        AS of_month,
    sum(receipt.net_cents)                                                        AS cents
  FROM facts.receipt AS receipt
  ANTI JOIN facts.allocation_receipts AS open USING (receipt_id)
  WHERE receipt.is_posted
  GROUP BY ALL
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
    months.case_id,
    months.of_month,
    greatest(coalesce(due.cents, 0) - greatest(coalesce(paid.cents, 0), 0), 0)    AS current_cents,
    greatest(coalesce(due.passed_cents, 0) - greatest(coalesce(paid.cents, 0), 0), 0) AS counted_cents
  FROM months
  LEFT JOIN due USING (case_id, of_month)
  LEFT JOIN paid USING (case_id, of_month)
),
told AS (
  SELECT
    cases.case_id,
    cases.case_class,
    (SELECT sum(counted_cents) FROM month WHERE month.case_id = cases.case_id)    AS counted_cents,
    coalesce(counted.cents, 0)                                                    AS taken_off_cents
  FROM facts.allocation_cases AS cases
  LEFT JOIN counted USING (case_id)
)
SELECT
  case_id,
  'current'                                                                       AS balance_class,
  of_month,
  CAST(current_cents AS BIGINT)                                                   AS owed_cents,
  CAST(NULL AS BOOLEAN)                                                           AS is_assigned,
  CAST(NULL AS BIGINT)                                                            AS passed_cents
FROM month
UNION ALL
SELECT
  balances.case_id,
  balances.balance_class,
  CAST(NULL AS DATE)                                                              AS of_month,
  CAST(greatest(balances.past_due_cents - coalesce(balances.barred_cents, 0) - CASE
    WHEN balances.balance_class = CASE told.case_class
      WHEN 'never_assistance' THEN 'never_assigned'
      WHEN 'former_assistance' THEN 'post_assistance'
      ELSE 'during_assistance' END THEN told.counted_cents - told.taken_off_cents
    ELSE 0 END, 0) AS BIGINT)                                                     AS owed_cents,
  balances.is_assigned,
  NULL                                                                            AS passed_cents
FROM caseload.balances AS balances
JOIN told USING (case_id)
