-- One row per person, payor and case: what each of their cases asks of that wage, arrears only where they stand there.
SELECT
  subject.person_id || ':' || subject.fein                               AS wage_id,
  orders.order_id,
  orders.case_id,
  orders.ordered_on,
  orders.frequency,
  -- Of what a person shared between payors, this one's part.
  orders.current_cents * coalesce(shares.upto, 1) // coalesce(shares.whole, 1)
    - orders.current_cents * coalesce(shares.before, 0) // coalesce(shares.whole, 1) AS current_cents,
  orders.former_current_cents * coalesce(shares.upto, 1) // coalesce(shares.whole, 1)
    - orders.former_current_cents * coalesce(shares.before, 0) // coalesce(shares.whole, 1) AS former_current_cents,
  orders.arrears_cents * coalesce(shares.upto, 1) // coalesce(shares.whole, 1)
    - orders.arrears_cents * coalesce(shares.before, 0) // coalesce(shares.whole, 1) AS arrears_cents,
  CASE WHEN sent.arrears_stand THEN orders.past_due_cents ELSE 0 END     AS past_due_cents,
  orders.oldest_unpaid_on,
  orders.older_past_due_cents
FROM facts.plan_orders AS orders
JOIN facts.work_subjects AS subject ON subject.subject_id = orders.wage_id
JOIN facts.limit_wage AS wage ON wage.wage_id = subject.person_id || ':' || subject.fein
JOIN facts.case_facts AS fact ON fact.case_id = orders.case_id
LEFT JOIN facts.payor_shares AS shares ON shares.subject_id = orders.wage_id AND shares.adds_up
LEFT JOIN facts.withholding_sent AS sent ON sent.subject_id = orders.wage_id
WHERE fact.case_is_open
