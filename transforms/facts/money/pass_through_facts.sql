-- One row per case and month of current support: of money that came in these days, and of each month that the accounts were
-- told of. What passes through is counted anew from all receipts of the month, so that a late or a reversed one
-- restates its own month. Where the parent has several open cases it is not known which of them a receipt paid.
-- No row where no amount is set for the month.
WITH
month AS (
  SELECT case_id, CAST(date_trunc('month', received_on) AS DATE)                  AS of_month
  FROM caseload.receipts
  WHERE status = 'posted' AND coalesce(posted_on, received_on) <= $as_of
    AND coalesce(posted_on, received_on) >= $as_of - CAST($stale_after_days AS INTEGER)
  UNION
  SELECT case_id, CAST(split_part(subject_id, '/', -1) || '-01' AS DATE)
  FROM ledger.published
  WHERE remedy = 'pass_through'
),
due AS (
  SELECT month.case_id, month.of_month, sum(charges.amount_cents)                  AS cents
  FROM month
  JOIN caseload.charges AS charges
    ON charges.case_id = month.case_id AND date_trunc('month', charges.due_on) = month.of_month
  GROUP BY ALL
),
paid AS (
  SELECT
    month.case_id,
    month.of_month,
    sum(receipt.net_cents)                                                        AS cents,
    string_agg('caseload.receipts@' || file.source_file || ':' || file.source_line, ';'
      ORDER BY file.source_file, file.source_line)                                AS src
  FROM month
  JOIN facts.receipt AS receipt
    ON receipt.case_id = month.case_id AND date_trunc('month', receipt.received_on) = month.of_month
  JOIN caseload.receipts AS file USING (receipt_id)
  -- A federal refund never pays current support.
  ANTI JOIN (SELECT receipt_id FROM caseload.intercepts WHERE kind = 'federal_refund') AS refund USING (receipt_id)
  WHERE receipt.is_posted
  GROUP BY ALL
),
open AS (
  SELECT person_id, count(*)                                                      AS cases
  FROM facts.case_facts
  WHERE case_is_open
  GROUP BY person_id
)
SELECT
  month.case_id || '/' || strftime(month.of_month, '%Y-%m')                       AS subject_id,
  fact.case_id,
  fact.case_class = 'current_assistance'                                          AS family_is_on_assistance,
  month.of_month,
  last_day(month.of_month)                                                        AS month_ends_on,
  CAST(coalesce(due.cents, 0) AS BIGINT)                                          AS month_due_cents,
  CASE WHEN known.receipts THEN CAST(coalesce(paid.cents, 0) AS BIGINT) END       AS month_paid_cents,
  paid.src                                                                        AS month_paid_src,
  CAST(law.value AS BIGINT)                                                       AS pass_through_cents,
  CAST(CASE WHEN known.receipts AND known.charges AND open.cases = 1
    THEN least(greatest(least(coalesce(paid.cents, 0), coalesce(due.cents, 0)), 0), law.value) END AS BIGINT)
                                                                                  AS passed_cents
FROM month
JOIN facts.case_facts AS fact USING (case_id)
JOIN facts.known_case AS known USING (case_id)
JOIN law.pass_through AS law ON law.value IS NOT NULL AND month.of_month BETWEEN law.from_on AND law.until_on
LEFT JOIN due ON due.case_id = month.case_id AND due.of_month = month.of_month
LEFT JOIN paid ON paid.case_id = month.case_id AND paid.of_month = month.of_month
LEFT JOIN open ON open.person_id = fact.person_id
