-- One row per account: may the order, or the demand for delivery, go out today?
SELECT
  subject_id,
  has_open_case                                                                    AS open_case,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  debt_gate_is_open                                                                AS debt_notice_has_run,
  NOT obligor_is_assisted                                                          AS not_assisted,
  NOT bankruptcy_is_open                                                           AS no_bankruptcy,
  NOT agreement_is_kept                                                            AS no_kept_agreement,
  NOT has_payment_in_transit                                                       AS no_payment_in_transit,
  debt_cents > 0                                                                   AS owes_support,
  NOT account_is_closed                                                            AS account_is_open,
  NOT list_has_any(benefits_found, $protected_types)                               AS no_protected_benefits,
  NOT exemption_is_claimed                                                         AS no_exemption_claimed,
  NOT exemption_is_proven                                                          AS no_exemption_proven
FROM facts.account_facts
