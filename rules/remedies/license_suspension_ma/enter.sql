-- One row per case: may a suspension of licenses begin? It opens a review; nothing is sent by it.
SELECT
  subject_id,
  case_is_open                                                                     AS case_open,
  is_full_service                                                                  AS full_service,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  NOT has_good_cause                                                               AS no_good_cause,
  NOT order_is_tribal                                                              AS not_tribal,
  NOT support_is_abated                                                            AS not_abated,
  has_enforceable_order                                                            AS has_order,
  order_is_accruing                                                                AS order_accrues,
  enforceable_cents > 0                                                            AS owes_support,
  balance_is_trusted                                                               AS balance_agrees,
  NOT (agreement_is_kept AND agreement_includes_current)                           AS no_kept_agreement,
  NOT list_contains(hearings_pending_about, 'license_revocation')                  AS no_hearing_pending,
  NOT license_hearing_is_won                                                       AS no_hearing_won,
  NOT list_has_any(exempted_remedies, ['all', 'license_revocation'])               AS not_exempt,
  NOT list_has_any(disputes_about, ['all', 'license_revocation'])                  AS not_disputed,
  NOT has_payment_in_transit                                                       AS no_payment_in_transit,
  NOT cure_is_under_way                                                            AS no_cure_under_way,
  enforceable_cents * $weeks_a_year > yearly_support_cents * $arrears_weeks        AS over_eight_weeks,
  license_count > 0                                                                AS holds_a_license
FROM facts.license_facts
