-- One row per case: does the order still have to change?
SELECT
  subject_id,
  case_is_open                                                                     AS case_open,
  is_full_service                                                                  AS full_service,
  order_is_own                                                                     AS order_is_ours,
  guideline_differs_enough OR substantial_change                                   AS differs_enough
FROM facts.life_facts
