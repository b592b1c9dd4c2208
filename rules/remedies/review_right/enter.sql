-- One row per case: must both parents be told that they may ask for a review?
SELECT
  subject_id,
  case_is_open                                                                     AS case_open,
  is_full_service                                                                  AS full_service,
  obligor_is_alive                                                                 AS obligor_alive,
  order_is_accruing                                                                AS order_runs,
  CASE WHEN review_was_offered THEN review_offer_told_on + to_years(CAST($cycle_years AS INTEGER)) <= $as_of
    WHEN NOT review_was_offered THEN true END
    OR custody_is_untold                                                           AS not_told_in_time
FROM facts.life_facts
