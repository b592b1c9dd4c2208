-- One row per receipt that was posted for the quarter, whatever it is.
SELECT
  cases.case_id,
  cases.obligor_id                                             AS person_id,
  cases.office,
  'all'                                                        AS part,
  receipts.amount_cents                                        AS counted,
  'caseload.receipts@' || receipts.source_file || ':' || receipts.source_line AS src,
  receipts.receipt_id,
  receipts.kind,
  receipts.source
FROM caseload.receipts AS receipts
JOIN caseload.cases AS cases USING (case_id)
WHERE receipts.status = 'posted' AND receipts.received_on BETWEEN $from_on AND $to_on
