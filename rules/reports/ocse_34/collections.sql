-- One row per receipt of the quarter: payments and intercepts as they came in.
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
  AND receipts.kind IN ('payment', 'intercept')
