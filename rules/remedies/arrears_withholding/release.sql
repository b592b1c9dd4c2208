-- One row per case and payor: must the arrears be taken out of what is withheld there?
SELECT
  subject_id,
  owed_cents = 0 OR identity_has_failed OR NOT obligor_is_alive OR NOT case_is_open
    OR NOT job_goes_on OR newer_took_over OR bears_no_share OR payor_refuses OR has_good_cause
    OR has_other_arrangement OR obligor_is_assisted
                                                                                   AS nothing_left_to_withhold
FROM facts.employment_facts
