-- One row per case and payor: may arrears be asked for, or raised, there today?
SELECT
  subject_id,
  case_is_open                                                                     AS open_case,
  is_full_service                                                                  AS full_service,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  NOT has_good_cause                                                               AS no_good_cause,
  NOT list_has_any(exempted_remedies, ['all', 'income_withholding', 'arrears_withholding']) AS not_exempt,
  NOT list_has_any(disputes_about, ['all', 'arrears_withholding'])                 AS debt_not_disputed,
  NOT list_has_any(hearings_pending_about, ['notice_of_debt', 'arrears_withholding']) AS no_hearing_pending,
  NOT obligor_is_assisted                                                          AS not_on_assistance,
  NOT has_other_arrangement                                                        AS no_other_arrangement,
  debt_gate_is_open                                                                AS debt_notice_has_run,
  balance_is_trusted                                                               AS balance_agrees,
  arrears_amount_is_set                                                            AS arrears_amount_set,
  job_goes_on                                                                      AS works_there,
  NOT newer_took_over                                                              AS no_newer_employer,
  NOT bears_no_share                                                               AS bears_a_part,
  NOT payor_refuses                                                                AS payor_takes_it
FROM facts.employment_facts
