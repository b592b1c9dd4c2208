-- One row per case: what bears on it besides debt and payments, as of tonight: the end of accrual, installments that
-- nothing explains, claims and affidavits, age of the debt, whose order it is, and how the parent lives. NULL is
-- "not known".
WITH
income AS (
  -- Any pay, or a benefit that is not for need, is more than Supplemental Security Income.
  SELECT person_id
  FROM caseload.employers
  WHERE coalesce(from_on <= $as_of, true) AND coalesce(to_on >= $as_of, true)
  UNION
  SELECT person_id
  FROM caseload.benefits
  WHERE kind NOT IN ('ssi', 'tanf') AND from_on <= $as_of AND coalesce(to_on >= $as_of, true)
),
terms AS (
  SELECT order_terms.*
  FROM facts.order_terms AS order_terms
  JOIN facts.known_case AS known USING (case_id)
  WHERE NOT list_has_any(known.rejected, ['orders', 'children'])
),
-- The change that reaches furthest beyond what a petition carries.
reaching AS (
  SELECT *, counts_from_on IS DISTINCT FROM from_on AS is_too_far
  FROM facts.reaching
  QUALIFY row_number() OVER (
    PARTITION BY case_id ORDER BY counts_from_on IS DISTINCT FROM from_on DESC, from_on, order_id) = 1
),
told AS (
  SELECT
    cases.case_id,
    cases.obligor_id,
    known.* EXCLUDE (case_id),
    known.charges AND known.orders AND known.children
      AND NOT coalesce(CAST($assisted_suspends AS BOOLEAN) AND list_contains(known.rejected, 'benefits'), false)
                                                                              AS accrual_is_complete
  FROM caseload.cases AS cases
  JOIN facts.known_case AS known ON known.case_id = cases.case_id
)
SELECT
  told.case_id,

  terms.accrues_until_on,
  terms.accrual_resumes_on,
  terms.next_child_ends_on,
  CASE WHEN told.children THEN coalesce(
    terms.next_child_ends_on <= $as_of + CAST($child_review_days AS INTEGER), false) END AS emancipation_is_due,
  CASE WHEN told.orders AND told.children THEN coalesce(terms.child_end_is_open, false) END AS child_end_is_open,
  CASE WHEN terms.support_is_abated THEN true WHEN told.orders THEN coalesce(terms.support_is_abated, false) END
                                                                              AS support_is_abated,
  terms.orders_issued_by,
  list_has_any(terms.orders_issued_by, ['other_state', 'tribe', 'other_country']) AS order_is_from_elsewhere,
  list_contains(terms.orders_issued_by, 'tribe')                              AS order_is_tribal,

  CASE WHEN told.accrual_is_complete AND NOT coalesce(accrual.over_terms_cents > 0 AND NOT told.terms, false)
    THEN coalesce(accrual.phantom_cents, 0) END                               AS phantom_cents,
  CASE WHEN told.accrual_is_complete THEN coalesce(accrual.unsure_cents, 0) END   AS unsure_cents,
  CASE WHEN told.accrual_is_complete THEN coalesce(accrual.faults, CAST([] AS VARCHAR[])) END AS charge_faults,
  CASE WHEN told.accrual_is_complete AND told.terms THEN coalesce(debts.lowered_cents, 0) END AS lowered_cents,
  reaching.from_on                                                            AS terms_reach_back_to_on,
  reaching.entered_on                                                         AS terms_changed_on,
  reaching.served_on                                                          AS terms_petition_served_on,
  CASE WHEN accrual_is_complete THEN coalesce(reaching.is_too_far, false) END AS terms_reach_too_far,
  CASE WHEN told.accrual_is_complete THEN coalesce(accrual.current_due_cents, 0) END AS current_due_cents,

  CASE WHEN told.balances THEN classes.pre_assistance_cents END               AS pre_assistance_cents,
  CASE WHEN told.balances THEN classes.during_assistance_cents END            AS during_assistance_cents,
  CASE WHEN told.balances THEN classes.post_assistance_cents END              AS post_assistance_cents,
  CASE WHEN told.balances THEN classes.conditionally_assigned_cents END       AS conditionally_assigned_cents,
  CASE WHEN told.balances THEN classes.never_assigned_cents END               AS never_assigned_cents,
  CASE WHEN told.balances THEN classes.classes_agree END                      AS classes_agree,

  CASE
    WHEN NOT told.balances OR NOT told.accrual_is_complete OR NOT told.receipts THEN NULL
    WHEN limitation.case_id IS NULL THEN 0
    ELSE limitation.time_barred_cents
  END                                                                         AS time_barred_cents,
  limitation.time_barred_since_on,
  limitation.time_barred_src,
  CASE WHEN told.balances AND told.accrual_is_complete AND told.receipts THEN coalesce(sworn.before_application_cents, 0) END
                                                                              AS before_application_cents,
  CASE WHEN told.balances AND told.accrual_is_complete AND told.receipts THEN debts.unsworn_cents END AS unsworn_cents,

  CASE WHEN told.claims OR claims.case_id IS NOT NULL THEN coalesce(claims.open_claims, CAST([] AS VARCHAR[])) END
                                                                              AS open_claims,
  debts.claimed_cents,
  claims.claim_received_on,
  claims.bureau_dispute_received_on,
  CASE WHEN told.claims OR claims.case_id IS NOT NULL THEN coalesce(claims.claim_needs_statement, false) END
                                                                              AS claim_needs_statement,
  claims.claims_src,
  CASE WHEN told.scheduled_payments OR scheduled.case_id IS NOT NULL THEN coalesce(scheduled.scheduled_cents, 0) END
                                                                              AS scheduled_cents,
  scheduled.scheduled_on,

  CASE WHEN unkeyed.has_unkeyed_hearing THEN true WHEN NOT list_contains(told.rejected, 'unkeyed') THEN false END
                                                                              AS has_unkeyed_hearing,
  coalesce(unkeyed.has_unkeyed_inability, false)                              AS has_unkeyed_inability,
  unkeyed.unkeyed_since_on,
  unkeyed.unkeyed_src,
  CASE WHEN told.notices THEN coalesce(unserved.unserved_notices, CAST([] AS VARCHAR[])) END AS unserved_notices,
  CASE WHEN told.notices THEN unserved.notice_returned_on END                 AS notice_returned_on,
  unserved.unserved_src,
  coalesce(twin.twin_cases, CAST([] AS VARCHAR[]))                            AS twin_cases,
  coalesce(stray.stray_notices, CAST([] AS VARCHAR[]))                        AS stray_notices,
  stray.stray_src,

  obligor.is_in_prison                                                        AS obligor_in_prison,
  obligor.is_in_military                                                      AS obligor_in_military,
  obligor.receives_ssi                                                        AS obligor_receives_ssi,
  CASE
    WHEN NOT obligor.receives_ssi OR income.person_id IS NOT NULL THEN false
    WHEN obligor.receives_ssi AND told.employers THEN true
  END                                                                         AS ssi_is_only_income,
  stays.good_cause_since_on,
  stays.closed_elsewhere_on,
  stays.bankruptcy_chapter,
  stays.bankruptcy_since_on
FROM told
LEFT JOIN terms ON terms.case_id = told.case_id
LEFT JOIN income ON income.person_id = told.obligor_id
LEFT JOIN facts.accrual AS accrual ON accrual.case_id = told.case_id
LEFT JOIN reaching ON reaching.case_id = told.case_id
LEFT JOIN facts.debts AS debts ON debts.case_id = told.case_id
LEFT JOIN facts.classes AS classes ON classes.case_id = told.case_id
LEFT JOIN facts.limitation AS limitation ON limitation.case_id = told.case_id
LEFT JOIN facts.sworn AS sworn ON sworn.case_id = told.case_id
LEFT JOIN facts.claims AS claims ON claims.case_id = told.case_id
LEFT JOIN facts.scheduled AS scheduled ON scheduled.case_id = told.case_id
LEFT JOIN facts.unkeyed AS unkeyed ON unkeyed.case_id = told.case_id
LEFT JOIN facts.unserved AS unserved ON unserved.case_id = told.case_id
LEFT JOIN facts.twin_cases AS twin ON twin.case_id = told.case_id
LEFT JOIN facts.stray_notices AS stray ON stray.case_id = told.case_id
LEFT JOIN facts.identity AS obligor ON obligor.person_id = told.obligor_id
LEFT JOIN facts.stays AS stays ON stays.case_id = told.case_id
