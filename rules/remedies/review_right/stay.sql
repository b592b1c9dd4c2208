-- One row per case: may the letters still leave?
SELECT
  subject_id,
  case_is_open                                                                     AS case_open,
  is_full_service                                                                  AS full_service,
  obligor_is_alive                                                                 AS obligor_alive,
  order_is_accruing                                                                AS order_runs
FROM facts.life_facts
