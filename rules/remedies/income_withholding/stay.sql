-- One row per case and payor: may current support be asked for, or raised, there today?
SELECT
  subject_id,
  case_is_open                                                                     AS open_case,
  is_served_by_withholding                                                         AS full_service,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  NOT has_good_cause                                                               AS no_good_cause,
  NOT list_has_any(exempted_remedies, ['all', 'income_withholding'])               AS not_exempt,
  NOT obligor_is_assisted                                                          AS not_on_assistance,
  NOT has_other_arrangement                                                        AS no_other_arrangement,
  order_is_accruing                                                                AS support_falls_due,
  withheld_current_cents > 0                                                       AS current_amount_set,
  job_goes_on                                                                      AS works_there,
  NOT newer_took_over                                                              AS no_newer_employer,
  NOT bears_no_share                                                               AS bears_a_part,
  NOT payor_refuses                                                                AS payor_takes_it
FROM facts.employment_facts
