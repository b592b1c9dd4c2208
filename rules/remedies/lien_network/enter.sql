-- One row per parent who owes: may the debt be told to the lien network?
SELECT
  subject_id,
  has_open_case                                                                    AS open_case,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  debt_gate_is_open                                                                AS debt_notice_has_run,
  NOT bankruptcy_is_open                                                           AS no_bankruptcy,
  network_cents > 0                                                                AS debt_for_insurers
FROM facts.registry_facts
