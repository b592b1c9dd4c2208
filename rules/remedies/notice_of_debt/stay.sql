-- One row per case: may the notice be given, or tried again, today?
SELECT
  subject_id,
  case_is_open                                                                     AS case_open,
  is_full_service                                                                  AS full_service,
  interstate <> 'initiating'                                                       AS enforced_here,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  NOT has_good_cause                                                               AS no_good_cause,
  has_enforceable_order                                                            AS has_order,
  enforceable_cents > 0                                                            AS owes_support,
  balance_is_trusted                                                               AS balance_agrees,
  NOT (debt_notice_covers AND NOT ($later_need_new AND enforceable_cents > debt_notice_debt_cents))
                                                                                   AS no_notice_covers_it,
  NOT agreement_is_kept                                                            AS no_kept_agreement,
  NOT list_has_any(exempted_remedies, ['all', 'notice_of_debt'])                   AS not_exempt,
  NOT list_has_any(disputes_about, ['all', 'notice_of_debt'])                      AS not_disputed,
  NOT has_payment_in_transit                                                       AS no_payment_in_transit,
  obligor_has_address                                                              AS address_known
FROM facts.notice_facts
