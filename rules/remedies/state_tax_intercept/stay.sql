-- One row per person who owes: may the claim stand, and be raised, today?
SELECT
  subject_id,
  has_open_case                                                                    AS open_case,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  debt_gate_is_open                                                                AS debt_notice_has_run,
  claim_cents > 0                                                                  AS debt_left
FROM facts.state_claim_facts
