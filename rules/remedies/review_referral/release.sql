-- One row per case: is nothing left to ask?
SELECT
  subject_id,
  NOT review_is_asked OR NOT case_is_open OR NOT order_is_accruing                 AS decided_or_over
FROM facts.life_facts
