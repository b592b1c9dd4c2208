-- One row per case: must the other state stop?
SELECT
  subject_id,
  NOT case_is_open OR NOT obligor_is_alive                                         AS case_over
FROM facts.life_facts
