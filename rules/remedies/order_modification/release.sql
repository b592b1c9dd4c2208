-- One row per case: was it decided?
SELECT
  subject_id,
  NOT review_is_asked OR NOT case_is_open                                          AS decided_or_closed
FROM facts.life_facts
