-- One row per case: must the bureaus hear that the account is paid, or that it was never this person's?
SELECT
  subject_id,
  owed_cents = 0 OR identity_has_failed                                            AS paid_or_reported_in_error
FROM facts.case_facts
