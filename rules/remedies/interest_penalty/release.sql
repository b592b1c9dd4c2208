-- One row per case: is the month's charge a thing of the past?
SELECT
  subject_id,
  NOT month_has_ended                                                              AS month_is_done
FROM facts.interest_facts
