-- One row per case: may a person look at this last resort?
SELECT
  subject_id,
  case_is_open                                                                     AS case_open,
  is_full_service                                                                  AS full_service,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  NOT obligor_is_assisted                                                          AS not_assisted,
  NOT in_prison                                                                    AS not_held,
  NOT has_good_cause                                                               AS no_good_cause,
  NOT bankruptcy_is_open                                                           AS no_bankruptcy,
  enforceable_cents > 0                                                            AS owes_debt,
  balance_is_trusted                                                               AS balance_agrees,
  debt_gate_is_open                                                                AS debt_notice_has_run,
  NOT agreement_is_kept                                                            AS no_kept_agreement,
  hearings_pending_about = []                                                      AS no_hearing_pending,
  remedies_tried >= $tried_remedies AND date_diff('day', unpaid_since_on, $as_of) >= $tried_days
                                                                                   AS others_have_failed,
  (income_or_money_is_known OR ability_is_found) AND NOT hardship_is_found          AS ability_is_shown
FROM facts.life_facts
