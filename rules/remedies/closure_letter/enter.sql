-- One row per case: must the letter that confirms closing leave?
SELECT
  subject_id,
  NOT case_is_open                                                                 AS case_closed,
  second_letter_is_owed                                                            AS second_letter_owed
FROM facts.life_facts
