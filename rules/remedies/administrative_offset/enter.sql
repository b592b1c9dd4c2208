-- One row per person and kind of debt: may other federal payments than refunds be offset for it?
SELECT
  subject_id,
  $takes_part                                                                      AS state_takes_part,
  has_open_case                                                                    AS open_case,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  NOT list_has_any(hearings_pending_about, ['federal_offset'])                     AS no_hearing_pending,
  NOT review_elsewhere_is_open                                                     AS no_review_elsewhere,
  NOT reject_is_open                                                               AS not_rejected,
  NOT administrative_is_exempted                                                   AS no_exemption,
  days_past_due >= $days_past_due_at_least                                         AS past_due_long_enough,
  submit_cents >= $at_least                                                          AS debt_reaches_threshold
FROM facts.federal_facts
