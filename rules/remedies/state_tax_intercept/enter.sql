-- One row per person who owes: may his state tax refund be claimed for support?
SELECT
  subject_id,
  $state_has_income_tax                                                            AS state_taxes_income,
  has_open_case                                                                    AS open_case,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  debt_gate_is_open                                                                AS debt_notice_has_run,
  claim_cents > $debt_over OR ($debt_over_included AND claim_cents = $debt_over)   AS debt_reaches_threshold
FROM facts.state_claim_facts
