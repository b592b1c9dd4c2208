-- One row per case with debt that is past due: all of it, of whatever year.
SELECT
  cases.case_id,
  cases.obligor_id                                             AS person_id,
  cases.office,
  cases.case_class                                             AS part,
  sum(balances.past_due_cents)                                 AS counted,
  string_agg('caseload.balances@' || balances.source_file || ':' || balances.source_line, ';'
    ORDER BY balances.source_file, balances.source_line)       AS src
FROM caseload.cases AS cases
JOIN caseload.balances AS balances USING (case_id)
WHERE balances.past_due_cents > 0
GROUP BY ALL
