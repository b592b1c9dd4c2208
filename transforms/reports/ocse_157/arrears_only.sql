-- One row per open case with an order under which nothing falls due any more, and with debt that is past due.
SELECT
  cases.case_id,
  cases.obligor_id                                             AS person_id,
  cases.office,
  cases.case_class                                             AS part,
  1                                                            AS counted,
  coalesce(fact.order_src || ';', '') || coalesce(fact.past_due_src, '') AS src
FROM caseload.cases AS cases
JOIN facts.case_facts AS fact USING (case_id)
WHERE cases.status = 'open' AND NOT fact.order_is_accruing AND fact.past_due_cents > 0
  AND cases.case_id IN (SELECT case_id FROM caseload.orders WHERE coalesce(entered_on <= $as_of, true))
