-- One row per case: may the proceeding go on today? Notice and certification each need it that very day.
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
  NOT ($temporary_possible AND has_temporary_license)                              AS no_temporary_license,
  NOT hardship_is_found                                                            AS no_hardship,
  (days_in_arrears > $arrears_days AND days_behind > $arrears_days)
    OR (days_in_arrears > $repeat_arrears_days AND days_behind > $repeat_arrears_days
      AND times_over_repeat_days >= $repeat_count)
    OR ($health_cover_counts AND health_cover_missing)                             AS out_of_compliance_today
FROM facts.license_facts
