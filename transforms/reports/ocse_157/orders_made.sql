-- One row per case in which a support order was entered in the period.
SELECT
  cases.case_id,
  cases.obligor_id                                             AS person_id,
  cases.office,
  cases.case_class                                             AS part,
  1                                                            AS counted,
  string_agg('caseload.orders@' || orders.source_file || ':' || orders.source_line, ';'
    ORDER BY orders.source_file, orders.source_line)           AS src
FROM caseload.cases AS cases
JOIN caseload.orders AS orders USING (case_id)
WHERE orders.entered_on BETWEEN $from_on AND $to_on
GROUP BY ALL
