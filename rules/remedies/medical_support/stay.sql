-- One row per case and payor: may the notice go out today?
SELECT
  subject_id,
  case_is_open                                                                     AS open_case,
  is_full_service                                                                  AS full_service,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  NOT has_good_cause                                                               AS no_good_cause,
  NOT list_has_any(exempted_remedies, ['all', 'medical_support'])                  AS not_exempt,
  job_goes_on                                                                      AS works_there
FROM facts.employment_facts
