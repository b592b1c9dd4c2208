-- One row per open case with a support order, wherever and whenever it was made, with this state's part in it.
SELECT
  cases.case_id,
  cases.obligor_id                                             AS person_id,
  cases.office,
  cases.interstate,
  cases.case_class                                             AS part,
  1                                                            AS counted,
  string_agg('caseload.orders@' || orders.source_file || ':' || orders.source_line, ';'
    ORDER BY orders.source_file, orders.source_line)           AS src
FROM caseload.cases AS cases
JOIN caseload.orders AS orders USING (case_id)
WHERE cases.status = 'open' AND coalesce(orders.entered_on <= $as_of, true)
GROUP BY ALL
