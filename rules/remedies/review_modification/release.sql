-- One row per case: is the review over?
SELECT
  subject_id,
  NOT case_is_open OR NOT order_is_accruing
    OR (order_or_review_on + to_years(CAST($cycle_years AS INTEGER)) > $as_of AND NOT review_is_asked)
                                                                                   AS decided_or_over
FROM facts.life_facts
