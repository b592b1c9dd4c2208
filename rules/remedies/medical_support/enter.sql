-- One row per case and payor: is the payor asked to enroll the child in a health plan?
SELECT
  subject_id,
  case_is_open                                                                     AS open_case,
  is_full_service                                                                  AS full_service,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  NOT has_good_cause                                                               AS no_good_cause,
  NOT list_has_any(exempted_remedies, ['all', 'medical_support'])                  AS not_exempt,
  len(twin_cases) = 0                                                              AS told_in_one_case,
  cover_is_wanted                                                                  AS employer_cover_wanted,
  job_goes_on                                                                      AS works_there,
  NOT has_newer_employer                                                           AS no_newer_employer,
  NOT payor_refuses                                                                AS payor_takes_it,
  employer_has_address                                                             AS payor_address_known
FROM facts.employment_facts
