-- One row per open case whose every order is for no cash, and on which nothing is past due.
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
WHERE cases.status = 'open' AND coalesce(orders.entered_on <= $as_of, true)
  AND cases.case_id NOT IN (SELECT case_id FROM caseload.balances WHERE past_due_cents > 0)
GROUP BY ALL
HAVING bool_and(coalesce(orders.current_cents = 0, false)) AND bool_and(coalesce(orders.arrears_cents, 0) = 0)
