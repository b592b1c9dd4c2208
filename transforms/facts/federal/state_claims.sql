-- One row per case: what of its debt may be claimed of a state tax refund. Some states claim only what a notice of debt
-- liquidated, others all that is past due.
WITH
claim AS (
  SELECT
    debts.person_id,
    debts.case_id,
    coalesce($liquidated_only, true)                                                AS asks_for_liquidated,
    debts.counts_for_state,
    debts.state_cents,
    debts.enforceable_cents,
    debts.is_served AND fact.has_enforceable_order AND NOT fact.has_good_cause
      AND nullif(fact.balance_is_trusted, false)
      AND NOT list_has_any(fact.exempted_remedies, ['all', 'state_tax_intercept'])
      AND NOT list_has_any(fact.disputes_about, ['all', 'state_tax_intercept'])
      AND NOT list_contains(fact.hearings_pending_about, 'state_tax_intercept')     AS counts_past_due,
    CASE WHEN fact.debt_gate_is_open THEN fact.debt_notice_window_ends_on END       AS debt_contest_ended_on
  FROM facts.case_debts AS debts
  JOIN facts.case_facts AS fact USING (case_id)
)
SELECT
  person_id,
  case_id,
  debt_contest_ended_on,
  CASE WHEN asks_for_liquidated THEN counts_for_state ELSE counts_past_due END      AS counts,
  CAST(CASE
    WHEN asks_for_liquidated THEN state_cents
    WHEN counts_past_due THEN enforceable_cents
    WHEN NOT counts_past_due THEN 0
  END AS BIGINT)                                                                    AS cents
FROM claim
