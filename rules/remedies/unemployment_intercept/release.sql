-- One row per person who owes: must the unemployment agency be told to stop?
SELECT
  subject_id,
  identity_has_failed OR NOT obligor_is_alive OR NOT has_open_case OR obligor_is_assisted OR NOT benefit_goes_on
    OR wages_are_withheld OR deduction_weekly_cents = 0                            AS nothing_to_take
FROM facts.unemployment_facts
