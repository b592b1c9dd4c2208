-- One row per case: is nothing left to confirm?
SELECT
  subject_id,
  NOT second_letter_is_owed OR case_is_open                                        AS told_or_open_again
FROM facts.life_facts
