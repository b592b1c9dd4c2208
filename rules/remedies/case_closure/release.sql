-- One row per case: is it closed, or does contact keep it open?
SELECT
  subject_id,
  NOT case_is_open OR was_heard_since_letter                                       AS closed_or_kept_open
FROM facts.life_facts
