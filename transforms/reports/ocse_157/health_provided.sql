-- One row per open case whose order asks for health cover and has it.
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
WHERE cases.status = 'open' AND orders.status <> 'ended' AND coalesce(orders.entered_on <= $as_of, true)
  AND orders.health_cover_ordered AND orders.health_cover_provided
GROUP BY ALL
