-- One row per person and kind of debt: may the record be used to deny a passport?
SELECT
  subject_id,
  has_open_case                                                                    AS open_case,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  debt_gate_is_open                                                                AS debt_notice_has_run,
  NOT list_has_any(hearings_pending_about, ['federal_offset'])                     AS no_hearing_pending,
  NOT review_elsewhere_is_open                                                     AS no_review_elsewhere,
  NOT reject_is_open                                                               AS not_rejected,
  NOT passport_is_exempted AND NOT has_passport_emergency                          AS not_released_by_a_person,
  submit_cents > 0                                                                 AS debt_of_this_kind,
  passport_cents > $passport_over                                                  AS debt_over_the_line
FROM facts.federal_facts
