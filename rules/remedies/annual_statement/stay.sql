-- One row per case: may the yearly statement go out today?
SELECT
  subject_id,
  case_is_open                                                                     AS case_open,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  NOT has_good_cause                                                               AS no_good_cause,
  collectable_cents > 0                                                            AS debt_is_collectable,
  balance_is_trusted                                                               AS balance_agrees,
  $statement_required AND was_told_in_writing
    AND told_in_writing_on + to_months(CAST($statement_months AS INTEGER)) <= $as_of AS year_is_over,
  obligor_has_address                                                              AS address_known
FROM facts.notice_facts
