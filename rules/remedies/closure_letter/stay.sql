-- One row per case: is it still closed?
SELECT
  subject_id,
  NOT case_is_open                                                                 AS case_closed
FROM facts.life_facts
