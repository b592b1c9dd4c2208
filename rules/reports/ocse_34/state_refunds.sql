-- One row per receipt of the quarter that is an offset state tax refund.
SELECT
  cases.case_id,
  cases.obligor_id                                             AS person_id,
  cases.office,
  'all'                                                        AS part,
  receipts.amount_cents                                        AS counted,
  'caseload.receipts@' || receipts.source_file || ':' || receipts.source_line AS src
FROM caseload.receipts AS receipts
JOIN caseload.cases AS cases USING (case_id)
JOIN caseload.intercepts AS intercepts USING (receipt_id)
WHERE receipts.status = 'posted' AND receipts.received_on BETWEEN $from_on AND $to_on
  AND receipts.kind = 'intercept' AND intercepts.kind = 'state_refund'
