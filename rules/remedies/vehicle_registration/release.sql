-- One row per case: must the registration be given back? Each column is all the grounds of one reading; a token
-- payment is none of them.
SELECT
  subject_id,
  owed_cents = 0
    OR ($agreement_prevents AND agreement_is_kept AND agreement_includes_current)
    OR identity_has_failed
    OR license_hearing_is_won
    OR NOT obligor_is_alive
    OR NOT case_is_open                                                            AS ground_of_the_guide,
  owed_cents = 0
    OR ($agreement_prevents AND agreement_is_kept AND agreement_includes_current)
    OR identity_has_failed
    OR license_hearing_is_won
    OR NOT obligor_is_alive
    OR NOT case_is_open
    OR NOT ((days_in_arrears > $arrears_days AND days_behind > $arrears_days)
      OR (days_in_arrears > $repeat_arrears_days AND days_behind > $repeat_arrears_days
        AND times_over_repeat_days >= $repeat_count)
      OR ($health_cover_counts AND health_cover_missing))                          AS ground_of_the_law
FROM facts.license_facts
