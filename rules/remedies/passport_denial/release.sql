-- One row per person and kind of debt: must the passport be let go?
SELECT
  subject_id,
  owed_cents = 0 OR NOT has_open_case OR identity_has_failed OR passport_is_exempted OR has_passport_emergency
    OR ($released_below AND passport_cents <= $passport_over)                      AS paid_or_released_by_a_person
FROM facts.federal_facts
