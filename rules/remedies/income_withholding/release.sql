-- One row per case and payor: must the payor be told to stop?
SELECT
  subject_id,
  identity_has_failed OR NOT obligor_is_alive OR NOT case_is_open OR NOT order_is_accruing
    OR NOT job_goes_on OR newer_took_over OR bears_no_share OR payor_refuses OR has_good_cause
    OR has_other_arrangement OR obligor_is_assisted
                                                                                   AS nothing_to_withhold_there
FROM facts.employment_facts
