-- One row per case: what came in during the period beyond what fell due in the month in which it came.
SELECT
  cases.case_id,
  cases.obligor_id                                             AS person_id,
  cases.office,
  cases.case_class                                             AS part,
  sum(beyond.cents)                                            AS counted,
  string_agg(beyond.src, ';' ORDER BY beyond.month)            AS src
FROM beyond
JOIN caseload.cases AS cases USING (case_id)
WHERE beyond.cents > 0
GROUP BY ALL
