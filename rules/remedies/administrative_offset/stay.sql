-- One row per person and kind of debt: may the offset go on, and its record be raised, today?
SELECT
  subject_id,
  has_open_case                                                                    AS open_case,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  NOT list_has_any(hearings_pending_about, ['federal_offset'])                     AS no_hearing_pending,
  NOT review_elsewhere_is_open                                                     AS no_review_elsewhere,
  NOT reject_is_open                                                               AS not_rejected,
  NOT administrative_is_exempted                                                   AS no_exemption,
  debt_cents > 0                                                                   AS debt_left
FROM facts.federal_facts
