-- One row per payment of the quarter that went out, to whomever. What came back takes off; see the contract of disbursements.
SELECT
  cases.case_id,
  cases.obligor_id                                             AS person_id,
  cases.office,
  cases.case_class                                             AS part,
  CASE WHEN paid.status = 'sent' THEN paid.amount_cents ELSE least(paid.amount_cents, 0) END AS counted,
  'caseload.disbursements@' || paid.source_file || ':' || paid.source_line AS src,
  paid.paid_to
FROM caseload.disbursements AS paid
JOIN caseload.cases AS cases USING (case_id)
WHERE paid.status IN ('sent', 'returned') AND paid.disbursed_on BETWEEN $from_on AND $to_on
