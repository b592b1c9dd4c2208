-- One row per case: must the license be given back? A token payment is no ground.
SELECT
  subject_id,
  owed_cents = 0
    OR (agreement_is_kept AND agreement_includes_current)
    OR cure_payments >= $cure_due
    OR identity_has_failed
    OR license_hearing_is_won
    OR NOT obligor_is_alive
    OR NOT case_is_open                                                            AS ground_has_gone
FROM facts.license_facts
