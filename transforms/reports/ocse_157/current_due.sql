-- One row per case: the installments that fell due in the period.
SELECT
  cases.case_id,
  cases.obligor_id                                             AS person_id,
  cases.office,
  cases.case_class                                             AS part,
  sum(charges.amount_cents)                                    AS counted,
  string_agg('caseload.charges@' || charges.source_file || ':' || charges.source_line, ';'
    ORDER BY charges.source_file, charges.source_line)         AS src
FROM caseload.cases AS cases
JOIN caseload.charges AS charges USING (case_id)
WHERE charges.due_on BETWEEN $from_on AND $to_on
GROUP BY ALL
