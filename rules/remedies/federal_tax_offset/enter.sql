-- One row per person and kind of debt: may it be submitted for federal tax refund offset?
SELECT
  subject_id,
  has_open_case                                                                    AS open_case,
  obligor_is_alive                                                                 AS obligor_alive,
  identity_is_certain                                                              AS identity_certain,
  custodial_address_is_known                                                       AS family_address_known,
  NOT list_has_any(hearings_pending_about, ['federal_offset'])                     AS no_hearing_pending,
  NOT review_elsewhere_is_open                                                     AS no_review_elsewhere,
  NOT reject_is_open                                                               AS not_rejected,
  NOT $plan_exempts OR NOT agreement_is_kept                                       AS plan_does_not_exempt,
  case_type = 'N' OR $months_delinquent = 0
    OR oldest_unpaid_due_on + to_months(CAST($months_delinquent AS INTEGER)) <= $as_of AS delinquent_long_enough,
  case_type = 'A' OR NOT $minor_child_required OR has_minor_child                  AS minor_child_where_asked,
  (case_type = 'A' AND submit_cents >= $threshold_assigned)
    OR (case_type = 'N' AND submit_cents >= $threshold_unassigned)                   AS debt_reaches_threshold
FROM facts.federal_facts
