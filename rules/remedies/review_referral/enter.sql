-- One row per case: is a review asked for of an order that another state made?
SELECT
  subject_id,
  case_is_open                                                                     AS case_open,
  obligor_is_alive                                                                 AS obligor_alive,
  NOT has_good_cause                                                               AS no_good_cause,
  order_is_accruing                                                                AS order_runs,
  review_is_asked                                                                  AS review_asked,
  order_is_another_states                                                          AS another_states_order,
  NOT review_was_referred                                                          AS not_referred_yet
FROM facts.life_facts
