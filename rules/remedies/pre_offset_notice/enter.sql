-- One row per person and kind of debt: must the parent be told before any federal program may use it?
SELECT
  subject_id,
  has_open_case                                                                    AS open_case,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  NOT offset_notice_given
    OR (case_type = 'A' AND not_told_cases_cents >= $threshold_assigned)
    OR (case_type = 'N' AND not_told_cases_cents >= $threshold_unassigned)
    OR (notice_again_on <= $as_of AND (
      (case_type = 'A' AND not_told_cents >= $threshold_assigned)
      OR (case_type = 'N' AND not_told_cents >= $threshold_unassigned)
      OR (list_contains($programs_in_use, 'PAS') AND not_told_cents > 0 AND passport_cents <= $passport_over
        AND debt_cents + debt_cents_other_type > $passport_over)))                 AS not_told_yet,
  NOT list_has_any(hearings_pending_about, ['federal_offset'])                     AS no_hearing_pending,
  debt_cents > 0 AND (
    (list_contains($programs_in_use, 'TAX')
      AND ((case_type = 'A' AND debt_cents >= $threshold_assigned)
        OR (case_type = 'N' AND debt_cents >= $threshold_unassigned)))
    OR (list_contains($programs_in_use, 'PAS') AND passport_cents > $passport_over)
    OR (list_contains($programs_in_use, 'ADM')
      AND debt_cents >= $administrative_at_least AND days_past_due >= $administrative_days)
  )                                                                                AS a_program_reaches_it
FROM facts.federal_facts
