-- One row per case: which of it may be taken from unemployment benefits, by the week. Current support of a case
-- that counts needs no gate; the debt part needs the notice where the state asks for one. What is not known of one
-- case is not known of the sum.
WITH
told AS (
  SELECT
    fact.case_id,
    fact.person_id,
    fact.case_is_open AND fact.is_full_service AND NOT fact.has_good_cause
      AND NOT list_has_any(fact.exempted_remedies, ['all', 'unemployment_intercept'])       AS counts,
    fact.order_is_accruing,
    fact.balance_is_trusted
      AND NOT list_has_any(fact.disputes_about, ['all', 'unemployment_intercept'])
      AND NOT list_has_any(fact.hearings_pending_about, ['unemployment_intercept', 'notice_of_debt'])
      AND CASE WHEN $debt_gate = 'notice_of_debt' THEN fact.debt_gate_is_open ELSE true END  AS debt_counts,
    terms.frequency,
    terms.case_id IS NOT NULL                                                               AS has_terms,
    current_part.weekly_cents                                                               AS current_weekly,
    arrears_part.weekly_cents                                                               AS debt_weekly,
    fact.enforceable_cents,
    fact.past_due_src,
    fact.order_src
  FROM facts.case_facts AS fact
  LEFT JOIN facts.withholding_terms AS terms ON terms.case_id = fact.case_id
  LEFT JOIN facts.cycle_plan AS current_part ON current_part.amount_id = fact.case_id || ':unemployment|current'
  LEFT JOIN facts.cycle_plan AS arrears_part ON arrears_part.amount_id = fact.case_id || ':unemployment|arrears'
)
SELECT
  case_id,
  person_id,
  counts,
  CASE
    WHEN NOT counts OR NOT order_is_accruing OR NOT has_terms THEN 0
    WHEN counts AND order_is_accruing THEN current_weekly
  END                                                                                       AS current_weekly_cents,
  CASE
    WHEN NOT counts OR enforceable_cents = 0 OR NOT debt_counts OR NOT has_terms THEN 0
    WHEN counts AND debt_counts THEN debt_weekly
  END                                                                                       AS debt_weekly_cents,
  CASE WHEN counts AND enforceable_cents > 0 AND NOT debt_counts THEN enforceable_cents ELSE 0 END AS debt_not_gated_cents,
  past_due_src,
  order_src
FROM told
