-- One row per person who owes: must the parent be told before a state tax refund is claimed?
SELECT
  subject_id,
  has_open_case                                                                    AS open_case,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  NOT list_has_any(hearings_pending_about, ['state_tax_intercept', 'state_offset']) AS no_hearing_pending,
  NOT state_notice_given
    OR not_told_cases_cents > $debt_over OR ($debt_over_included AND not_told_cases_cents = $debt_over)
    OR (notice_again_on <= $as_of
      AND (not_told_cents > $debt_over OR ($debt_over_included AND not_told_cents = $debt_over))) AS not_told_yet,
  claimable_cents > $debt_over OR ($debt_over_included AND claimable_cents = $debt_over) AS debt_reaches_threshold
FROM facts.state_claim_facts
