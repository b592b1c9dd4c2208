-- One row per case: what of its debt may be claimed of a state tax refund. Some states claim only what a notice of debt
-- liquidated, others all that is past due.
SELECT
  debts.person_id,
  debts.case_id,
  CASE WHEN fact.debt_gate_is_open THEN fact.debt_notice_window_ends_on END         AS debt_contest_ended_on,
  debts.counts_for_state                                                            AS counts,
  CAST(debts.state_cents AS BIGINT)                                                 AS cents
FROM facts.case_debts AS debts
JOIN facts.case_facts AS fact USING (case_id)
