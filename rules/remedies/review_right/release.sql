-- One row per case: has everybody been told?
SELECT
  subject_id,
  NOT case_is_open
    OR NOT order_is_accruing
    OR (review_offer_told_on + to_years(CAST($cycle_years AS INTEGER)) > $as_of AND NOT custody_is_untold)
                                                                                   AS told_or_over
FROM facts.life_facts
