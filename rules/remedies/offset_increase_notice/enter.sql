-- One row per person and kind of debt: must the parent be told of more than earlier notices told of?
SELECT
  subject_id,
  has_open_case                                                                    AS open_case,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  NOT list_has_any(hearings_pending_about, ['federal_offset'])                     AS no_hearing_pending,
  not_told_cents > 0 AND (
    (case_type = 'A' AND not_told_cents >= $threshold_assigned)
    OR (case_type = 'N' AND not_told_cents >= $threshold_unassigned)
    OR (list_contains($programs_in_use, 'PAS') AND passport_cents <= $passport_over
      AND debt_cents + debt_cents_other_type > $passport_over)
  )                                                                                AS enough_is_untold
FROM facts.federal_facts
