-- One row per case and payor: must the notice be taken back? Cover that is provided through this very notice is its
-- end by success: the notice goes on as long as the job and the duty do.
SELECT
  subject_id,
  identity_has_failed OR NOT obligor_is_alive OR NOT case_is_open OR order_has_ended OR has_good_cause
    OR NOT job_goes_on OR newer_took_over OR payor_refuses
    OR (NOT cover_is_wanted AND NOT covered_by_notice)                              AS no_notice_needed
FROM facts.employment_facts
