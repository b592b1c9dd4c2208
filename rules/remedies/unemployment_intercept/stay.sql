-- One row per person who owes: may the deduction go on, or be raised, today?
SELECT
  subject_id,
  has_open_case                                                                    AS open_case,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  NOT obligor_is_assisted                                                          AS not_on_assistance,
  NOT wages_are_withheld                                                           AS not_withheld_from_pay,
  deduction_weekly_cents > 0                                                       AS something_is_due
FROM facts.unemployment_facts
