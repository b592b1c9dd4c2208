-- One row per case: may the request go on?
SELECT
  subject_id,
  case_is_open                                                                     AS case_open,
  obligor_is_alive                                                                 AS obligor_alive,
  NOT has_good_cause                                                               AS no_good_cause,
  order_is_accruing                                                                AS order_runs,
  order_is_another_states                                                          AS another_states_order
FROM facts.life_facts
