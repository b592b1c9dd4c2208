-- One row per case: may the referral go on?
SELECT
  subject_id,
  case_is_open                                                                     AS case_open,
  is_full_service                                                                  AS full_service,
  obligor_is_alive                                                                 AS obligor_alive,
  NOT has_good_cause                                                               AS no_good_cause,
  interstate <> 'responding'                                                       AS not_from_elsewhere
FROM facts.life_facts
