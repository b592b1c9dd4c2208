-- One row per open case of a parent whose money is to be allocated: the basis of proportions, and what the state may
-- still keep.
SELECT
  fact.case_id,
  fact.person_id,
  fact.case_class,
  fact.order_entered_on                                                           AS ordered_on,
  fact.current_year_cents                                                         AS current_cents,
  'annual'                                                                        AS frequency,
  assistance.unreimbursed_cents
FROM facts.case_facts AS fact
SEMI JOIN facts.allocation_receipts AS receipts ON receipts.person_id = fact.person_id
LEFT JOIN caseload.assistance AS assistance ON assistance.case_id = fact.case_id
WHERE fact.case_is_open
