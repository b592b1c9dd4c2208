-- One row per case: is it ready to be referred to another state?
SELECT
  subject_id,
  case_is_open                                                                     AS case_open,
  is_full_service                                                                  AS full_service,
  obligor_is_alive                                                                 AS obligor_alive,
  NOT has_good_cause                                                               AS no_good_cause,
  interstate <> 'responding'                                                       AS not_from_elsewhere,
  referral_is_decided                                                              AS other_state_has_to_act,
  papers_complete                                                                  AS papers_are_complete,
  NOT referral_was_sent                                                            AS not_sent_yet
FROM facts.life_facts
