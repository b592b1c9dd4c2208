-- One row per case: which of it may be taken from unemployment benefits, by the week. Current support of a case
-- that counts needs no gate; the debt part needs the notice where the state asks for one. What is not known of one
-- case is not known of the sum.
WITH
told AS (
  SELECT
    fact.case_id,
    fact.person_id,
    counted.counts_for_benefits                                                             AS counts,
    fact.order_is_accruing,
    counted.counts_for_benefits_debt                                                        AS debt_counts,
    terms.frequency,
    terms.case_id IS NOT NULL                                                               AS has_terms,
    current_part.weekly_cents                                                               AS current_weekly,
    arrears_part.weekly_cents                                                               AS debt_weekly,
    fact.enforceable_cents,
    fact.past_due_src,
    fact.order_src
  FROM facts.case_facts AS fact
  JOIN facts.case_counts AS counted USING (case_id)
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
