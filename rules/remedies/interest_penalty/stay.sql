-- One row per case: are interest and penalty still charged for the month that ended?
SELECT
  subject_id,
  case_is_open                                                                     AS case_open,
  is_full_service                                                                  AS full_service,
  order_is_of_this_state                                                           AS order_of_this_state,
  month_has_ended                                                                  AS month_over,
  NOT interest_is_entered                                                          AS not_entered,
  is_assessed_monthly                                                              AS assessed_monthly,
  balance_is_trusted                                                               AS balance_trusted,
  principal_cents > $floor AND $interest_points + $penalty_points > 0              AS over_floor,
  NOT required_payment_made                                                        AS required_payment_missed
FROM facts.interest_facts
