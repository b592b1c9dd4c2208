-- One row per payment of the quarter that the state kept for assistance paid.
SELECT
  cases.case_id,
  cases.obligor_id                                             AS person_id,
  cases.office,
  cases.case_class                                                           AS part,
  -- What came back takes off; see the contract of disbursements.
  CASE WHEN paid.status = 'sent' THEN paid.amount_cents ELSE least(paid.amount_cents, 0) END AS counted,
  'caseload.disbursements@' || paid.source_file || ':' || paid.source_line AS src
FROM caseload.disbursements AS paid
JOIN caseload.cases AS cases USING (case_id)
WHERE paid.status IN ('sent', 'returned') AND paid.disbursed_on BETWEEN $from_on AND $to_on
  AND paid.paid_to = 'state'
