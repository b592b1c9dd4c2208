-- One row per case on which money came in during the period, less what was taken back.
SELECT
  cases.case_id,
  cases.obligor_id                                             AS person_id,
  cases.office,
  cases.case_class                                             AS part,
  1                                                            AS counted,
  string_agg('caseload.receipts@' || receipts.source_file || ':' || receipts.source_line, ';'
    ORDER BY receipts.source_file, receipts.source_line)       AS src
FROM caseload.cases AS cases
JOIN caseload.receipts AS receipts USING (case_id)
WHERE receipts.status = 'posted' AND receipts.kind <> 'adjustment'
  AND receipts.received_on BETWEEN $from_on AND $to_on
GROUP BY ALL
HAVING sum(receipts.amount_cents) > 0
