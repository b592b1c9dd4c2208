-- One row per payment of the quarter that went to a family or to the state.
SELECT
  cases.case_id,
  cases.obligor_id                                             AS person_id,
  cases.office,
  cases.case_class                                                           AS part,
  paid.amount_cents                                            AS counted,
  'caseload.disbursements@' || paid.source_file || ':' || paid.source_line AS src
FROM caseload.disbursements AS paid
JOIN caseload.cases AS cases USING (case_id)
WHERE paid.status = 'sent' AND paid.disbursed_on BETWEEN $from_on AND $to_on
  AND paid.paid_to IN ('family', 'state')
