-- One row per case: is it over?
SELECT
  subject_id,
  owed_cents = 0 OR agreement_is_kept OR NOT case_is_open OR NOT obligor_is_alive  AS paid_or_over
FROM facts.life_facts
