-- One row per person who owes: may support be taken from his unemployment benefits?
SELECT
  subject_id,
  has_open_case                                                                    AS open_case,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  NOT obligor_is_assisted                                                          AS not_on_assistance,
  benefit_goes_on                                                                  AS benefit_is_paid,
  benefit_is_paid_here                                                             AS paid_by_this_state,
  NOT wages_are_withheld                                                           AS not_withheld_from_pay,
  deduction_weekly_cents > 0                                                       AS something_is_due
FROM facts.unemployment_facts
