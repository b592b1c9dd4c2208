-- One row per piece of property: may the lien be recorded, or its payoff told, today?
SELECT
  subject_id,
  has_open_case                                                                    AS open_case,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  debt_gate_is_open                                                                AS debt_notice_has_run,
  NOT obligor_is_assisted                                                          AS not_assisted,
  NOT bankruptcy_is_open                                                           AS no_bankruptcy,
  NOT agreement_is_kept                                                            AS no_kept_agreement,
  debt_cents > 0                                                                   AS owes_support,
  is_still_his                                                                     AS still_his
FROM facts.asset_facts
