-- One row per case: may the review that was opened go on?
SELECT
  subject_id,
  case_is_open                                                                     AS case_open,
  is_full_service                                                                  AS full_service,
  obligor_is_alive                                                                 AS obligor_alive,
  order_is_accruing                                                                AS order_runs,
  order_is_own                                                                     AS order_is_ours
FROM facts.life_facts
