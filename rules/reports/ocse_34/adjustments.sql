-- One row per receipt of the quarter that corrects an earlier one: reversals and adjustments.
SELECT
  cases.case_id,
  cases.obligor_id                                             AS person_id,
  cases.office,
  'all'                                                        AS part,
  receipts.amount_cents                                        AS counted,
  'caseload.receipts@' || receipts.source_file || ':' || receipts.source_line AS src
FROM caseload.receipts AS receipts
JOIN caseload.cases AS cases USING (case_id)
WHERE receipts.status = 'posted' AND receipts.received_on BETWEEN $from_on AND $to_on
  AND receipts.kind IN ('reversal', 'adjustment')
