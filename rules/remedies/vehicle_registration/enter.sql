-- One row per case: may the registration be certified, once the time to ask for a hearing is over?
SELECT
  subject_id,
  case_is_open                                                                     AS case_open,
  is_full_service                                                                  AS full_service,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  NOT obligor_is_assisted                                                          AS not_assisted,
  NOT has_good_cause                                                               AS no_good_cause,
  NOT order_is_tribal                                                              AS not_tribal,
  NOT support_is_abated                                                            AS not_abated,
  has_enforceable_order                                                            AS has_order,
  order_is_accruing                                                                AS order_accrues,
  enforceable_cents > 0                                                            AS owes_support,
  balance_is_trusted                                                               AS balance_agrees,
  debt_gate_is_open                                                                AS debt_notice_has_run,
  NOT ($agreement_prevents AND agreement_is_kept AND agreement_includes_current)   AS no_kept_agreement,
  NOT ($inability_defense AND inability_reported)                                  AS no_inability_reported,
  NOT list_contains(hearings_pending_about, 'notice_of_debt')
    AND NOT ($request_stays AND list_contains(hearings_pending_about, 'license_revocation')) AS no_hearing_pending,
  NOT license_hearing_is_won                                                       AS no_hearing_won,
  NOT list_has_any(exempted_remedies, ['all', 'license_revocation'])               AS not_exempt,
  NOT list_has_any(disputes_about, ['all', 'license_revocation'])                  AS not_disputed,
  NOT has_payment_in_transit                                                       AS no_payment_in_transit,
  license_notice_is_served
    AND license_notice_served_on >= oldest_unpaid_due_on                           AS notice_served_for_this_default,
  $registration_included AND registration_count > 0                                AS holds_a_license
FROM facts.license_facts
