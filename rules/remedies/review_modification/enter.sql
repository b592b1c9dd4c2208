-- One row per case: is the order due for a review?
SELECT
  subject_id,
  case_is_open                                                                     AS case_open,
  is_full_service                                                                  AS full_service,
  obligor_is_alive                                                                 AS obligor_alive,
  order_is_accruing                                                                AS order_runs,
  order_is_own                                                                     AS order_is_ours,
  review_is_asked OR case_class = 'current_assistance'                             AS asked_or_in_cycle,
  order_or_review_on + to_years(CAST($cycle_years AS INTEGER)) <= $as_of
    OR review_needs_no_proof OR substantial_change                                                          AS old_enough_or_changed
FROM facts.life_facts
