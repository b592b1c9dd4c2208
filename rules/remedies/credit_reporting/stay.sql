-- One row per case: may the account go on being reported today? There is no floor any more: it is reported until zero.
SELECT
  subject_id,
  case_is_open                                                                     AS case_open,
  is_full_service                                                                  AS full_service,
  interstate <> 'initiating'                                                       AS enforced_here,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  NOT has_good_cause                                                               AS no_good_cause,
  NOT has_payment_in_transit                                                       AS no_payment_in_transit,
  NOT order_is_tribal                                                              AS not_tribal,
  NOT support_is_abated                                                            AS not_abated,
  balance_is_trusted                                                               AS balance_agrees,
  -- A plan made after the account was reported keeps the account true: it goes on being told, and falls.
  debt_gate_is_open OR (agreement_is_kept AND agreement_includes_current)          AS debt_notice_has_run,
  NOT list_has_any(hearings_pending_about, ['credit_reporting', 'notice_of_debt']) AS no_hearing_pending,
  NOT list_has_any(disputes_about, ['all', 'credit_reporting'])                    AS not_disputed,
  NOT list_has_any(exempted_remedies, ['all', 'credit_reporting'])                 AS not_exempt,
  reportable_cents > 0                                                             AS debt_to_report
FROM facts.case_facts
