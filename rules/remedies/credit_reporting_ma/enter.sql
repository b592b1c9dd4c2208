-- One row per case: may the debt be reported to the credit bureaus?
SELECT
  subject_id,
  case_is_open                                                                     AS case_open,
  is_full_service                                                                  AS full_service,
  interstate <> 'initiating'                                                       AS enforced_here,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  obligor_is_of_age                                                                AS of_full_age,
  obligor_has_birth_date OR ssn_is_verified                                        AS bureaus_can_identify,
  obligor_has_address                                                              AS address_known,
  NOT has_good_cause                                                               AS no_good_cause,
  NOT has_payment_in_transit                                                       AS no_payment_in_transit,
  NOT order_is_tribal                                                              AS not_tribal,
  NOT support_is_abated                                                            AS not_abated,
  has_enforceable_order                                                            AS has_order,
  balance_is_trusted                                                               AS balance_agrees,
  NOT list_contains(hearings_pending_about, 'credit_reporting')                      AS no_hearing_pending,
  NOT list_has_any(disputes_about, ['all', 'credit_reporting'])                    AS not_disputed,
  NOT list_has_any(exempted_remedies, ['all', 'credit_reporting'])                 AS not_exempt,
  enforceable_cents > $debt_over AND reportable_cents > $debt_over                 AS debt_over_the_floor
FROM facts.case_facts
