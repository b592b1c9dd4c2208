-- One row per case: everything that a decision about it rests on, as of tonight. NULL is "not known": a table
-- that is not current cannot say that something is not there, and what it does hold counts as it stands; of a table
-- of which a line about the case was rejected, only what protects does.
WITH
terms AS (
  SELECT order_terms.*
  FROM facts.order_terms AS order_terms
  JOIN facts.known_case AS known USING (case_id)
  WHERE NOT list_contains(known.rejected, 'orders')
),
child AS (
  SELECT minors.*
  FROM facts.minors AS minors
  JOIN facts.known_case AS known USING (case_id)
  WHERE NOT list_contains(known.rejected, 'children')
),
notice AS (
  SELECT debt_notices.*
  FROM facts.debt_notices AS debt_notices
  JOIN facts.known_case AS known USING (case_id)
  WHERE NOT list_contains(known.rejected, 'notices')
),
intake AS (
  SELECT string_agg('caseload.intake@' || source_file || ':' || source_line, ';' ORDER BY kind) AS src
  FROM caseload.intake
  WHERE kind IN ('hearings', 'payments')
)
SELECT
  cases.case_id                                                                   AS subject_id,
  cases.case_id,
  cases.obligor_id                                                                AS person_id,
  cases.office,
  cases.worker,

  CASE WHEN NOT list_contains(known.rejected, 'cases') THEN cases.case_class END  AS case_class,
  CASE WHEN cases.status <> 'open' OR cases.opened_on > $as_of THEN false WHEN known.cases THEN true END AS case_is_open,
  CASE WHEN cases.service_level <> 'full' THEN false
    WHEN known.cases AND cases.service_level = 'full' THEN true END               AS is_full_service,
  CASE WHEN NOT list_contains(known.rejected, 'cases') AND stays.closed_elsewhere_on IS NULL THEN cases.interstate END
                                                                                  AS interstate,
  'caseload.cases@' || cases.source_file || ':' || cases.source_line              AS case_src,

  obligor.is_alive                                                                AS obligor_is_alive,
  obligor.ssn_is_verified,
  CASE
    WHEN NOT obligor.ssn_is_verified OR NOT obligor.has_usable_number OR obligor.number_is_shared
      OR obligor.keyed_as IS NOT NULL OR stays.is_wrong_person OR stays.has_identity_claim OR list_contains(claims.open_claims, 'identity') THEN false
    WHEN obligor.ssn_is_verified AND known.stays AND known.persons AND known.claims THEN true
  END                                                                             AS identity_is_certain,
  CASE
    WHEN NOT obligor.ssn_is_verified OR obligor.number_is_shared OR stays.is_wrong_person THEN true
    WHEN obligor.ssn_is_verified AND known.stays AND known.persons THEN false
  END                                                                             AS identity_has_failed,
  obligor.is_assisted                                                             AS obligor_is_assisted,
  obligor.has_birth_date                                                          AS obligor_has_birth_date,
  obligor.is_of_age                                                               AS obligor_is_of_age,
  obligor.has_family_violence OR custodial.has_family_violence                    AS has_family_violence,
  CASE
    WHEN place.has_protected OR obligor.has_family_violence THEN true
    WHEN known.addresses AND coalesce(place.protection_is_known, true) AND NOT obligor.has_family_violence THEN false
  END                                                                             AS obligor_location_is_protected,
  CASE
    WHEN list_contains(known.rejected, 'addresses') THEN NULL
    WHEN place.has_address THEN true
    WHEN known.addresses THEN false
  END                                                                             AS obligor_has_address,
  CASE
    WHEN list_contains(known.rejected, 'addresses') THEN NULL
    WHEN custodial_place.has_address THEN true
    WHEN known.addresses THEN false
  END                                                                             AS custodial_has_address,
  obligor.person_src,

  CASE WHEN stays.has_good_cause THEN true WHEN known.stays AND stays.closed_elsewhere_on IS NULL THEN false END
                                                                                  AS has_good_cause,
  CASE WHEN stays.bankruptcy_is_open THEN true WHEN known.stays THEN false END    AS bankruptcy_is_open,
  CASE WHEN stays.has_temporary_license THEN true WHEN known.stays THEN false END AS has_temporary_license,
  CASE WHEN known.stays THEN coalesce(stays.exempted, CAST([] AS VARCHAR[])) END  AS exempted_remedies,
  -- A bureau hears of a dispute from the parent or from us.
  CASE
    WHEN known.stays AND known.claims
      THEN list_sort(list_distinct(list_concat(coalesce(stays.disputed, CAST([] AS VARCHAR[])), CASE
        WHEN list_contains(claims.open_claims, 'bureau') THEN ['credit_reporting'] ELSE CAST([] AS VARCHAR[]) END)))
  END                                                                             AS disputes_about,
  stays.stays_src,

  CASE WHEN terms.case_id IS NOT NULL THEN true WHEN known.orders THEN false END  AS has_enforceable_order,
  CASE
    WHEN NOT terms.order_is_accruing THEN false
    WHEN known.orders AND known.children AND terms.case_id IS NULL THEN false
    -- Where benefits suspend the order, a line about them that was lost may have suspended it.
    WHEN CAST($assisted_suspends AS BOOLEAN) AND list_contains(known.rejected, 'benefits') THEN NULL
    WHEN known.orders AND known.children THEN terms.order_is_accruing
  END                                                                             AS order_is_accruing,
  CASE
    WHEN NOT terms.order_has_ended THEN false
    WHEN known.orders AND known.children AND terms.case_id IS NULL THEN true
    WHEN known.orders AND known.children THEN terms.order_has_ended
  END                                                                             AS order_has_ended,
  terms.order_frequency,
  terms.current_cents,
  terms.current_year_cents,
  terms.first_due_on,
  terms.order_entered_on,
  CASE WHEN known.orders THEN CASE WHEN terms.case_id IS NULL THEN false ELSE terms.health_cover_missing END END
                                                                                  AS health_cover_missing,
  child.has_minor_child,
  terms.order_src,

  CASE WHEN known.balances THEN balances.past_due_cents END                       AS past_due_cents,
  CASE WHEN known.balances THEN balances.assigned_cents END                       AS assigned_cents,
  CASE WHEN known.balances THEN balances.unassigned_cents END                     AS unassigned_cents,
  CASE WHEN known.balances THEN balances.liquidated_cents END                     AS liquidated_cents,
  CASE WHEN known.balances THEN balances.disputed_cents END                       AS disputed_cents,
  CASE WHEN known.balances THEN balances.barred_cents END                         AS barred_cents,
  CASE WHEN known.balances THEN debts.enforceable_cents END                       AS enforceable_cents,
  CASE WHEN known.balances THEN debts.collectable_cents END                       AS collectable_cents,
  CASE WHEN known.balances THEN debts.owed_cents END                              AS owed_cents,
  CASE WHEN known.balances THEN debts.assigned_enforceable_cents END              AS assigned_enforceable_cents,
  CASE WHEN known.balances THEN debts.unassigned_enforceable_cents END            AS unassigned_enforceable_cents,
  CASE WHEN known.balances THEN debts.assigned_owed_cents END                     AS assigned_owed_cents,
  CASE WHEN known.balances THEN debts.unassigned_owed_cents END                   AS unassigned_owed_cents,
  CASE
    WHEN known.balances AND known.charges AND known.receipts AND clocks.age_of_debt_is_known
      AND debts.enforceable_cents IS NOT NULL
      THEN greatest(debts.enforceable_cents - coalesce(ages.old_unpaid_cents, 0), 0)
  END                                                                             AS reportable_cents,
  CASE WHEN known.balances THEN balances.recomputed_past_due_cents END            AS recomputed_past_due_cents,
  CASE
    WHEN NOT known.balances THEN NULL
    -- Of two cases that may be one, neither says how much is owed.
    WHEN NOT more.classes_agree OR len(more.twin_cases) > 0 THEN false
    ELSE balances.balance_is_trusted
  END                                                                             AS balance_is_trusted,
  coalesce(debts.past_due_src, balances.past_due_src)                             AS past_due_src,

  CASE WHEN known.receipts THEN payments.last_payment_on END                      AS last_payment_on,
  CASE WHEN known.receipts THEN payments.last_payment_cents END                   AS last_payment_cents,
  CASE WHEN known.receipts THEN payments.last_payment_receipt_id END              AS last_payment_receipt_id,
  payments.last_payment_src,
  clocks.unpaid_since_on,
  clocks.days_suspended,
  clocks.unpaid_since_src,
  CASE WHEN known.receipts THEN coalesce(payments.pending_payment_cents, 0) END   AS pending_payment_cents,
  CASE
    WHEN payments.pending_payment_cents > 0 OR held.withheld_cents > 0 OR scheduled.case_id IS NOT NULL THEN true
    WHEN known.receipts AND known.employers AND known.scheduled_payments AND coalesce(held.withheld_is_known, true)
      THEN false
  END                                                                             AS has_payment_in_transit,
  nullif(concat_ws(';', payments.pending_src, held.withheld_src, scheduled.scheduled_src), '') AS in_transit_src,
  payments.electronic_cents                                                       AS electronic_payment_cents,
  payments.electronic_on                                                          AS electronic_payment_on,
  coalesce(payments.electronic_is_missing, false)                                 AS electronic_payment_is_missing,
  clocks.oldest_unpaid_due_on,
  clocks.days_in_arrears,
  clocks.days_behind,
  clocks.month_behind_since_on,
  -- Counted only for whoever owes something.
  CASE
    WHEN known.charges AND known.receipts AND NOT list_has_any(known.rejected, ['orders', 'children'])
      THEN ages.times_over_repeat_days
  END                                                                             AS times_over_repeat_days,
  clocks.oldest_unpaid_src,

  notice.debt_notice_id,
  notice.debt_notice_served_on,
  notice.debt_notice_debt_cents,
  notice.debt_notice_window_ends_on,
  notice.debt_notice_is_challenged,
  notice.debt_hearing_upheld_mailed_on,
  notice.debt_settled_on,
  notice.debt_is_of_days_only,
  -- A state without notices of debt has no such gate.
  CASE
    WHEN CAST($challenge_days AS INTEGER) IS NULL THEN NULL
    WHEN notice.case_id IS NOT NULL THEN
      CASE WHEN NOT more.has_unkeyed_hearing OR NOT notice.debt_gate_is_open THEN notice.debt_gate_is_open END
    WHEN known.notices THEN false
  END                                                                             AS debt_gate_is_open,
  coalesce(notice.debt_window_is_unread, false)                                   AS debt_window_is_unread,
  notice.debt_notice_src,
  -- Whether a request came in time stands in the notice that it is about.
  CASE
    WHEN known.hearings AND NOT list_contains(known.rejected, 'notices') AND NOT more.has_unkeyed_hearing
      THEN coalesce(hearings.pending_about, CAST([] AS VARCHAR[]))
  END                                                                             AS hearings_pending_about,
  -- A hearing won answers for the default that it was about, not for a later one.
  CASE
    WHEN hearings.license_won_on >= coalesce(clocks.oldest_unpaid_installment_on, hearings.license_won_on) THEN true
    WHEN known.hearings THEN false
  END                                                                             AS license_hearing_is_won,
  hearings.requested_late_on                                                      AS hearing_requested_late_on,
  hearings.hearing_src,
  known.hearings_through_on                                                       AS intake_hearings_through_on,
  known.payments_through_on                                                       AS intake_payments_through_on,
  intake.src                                                                      AS intake_src,

  CASE WHEN agreement.case_id IS NOT NULL THEN true WHEN known.agreements THEN false END AS has_agreement,
  CASE
    WHEN agreement.agreement_is_kept THEN true
    WHEN known.agreements THEN coalesce(agreement.agreement_is_kept, false)
  END                                                                             AS agreement_is_kept,
  CASE
    WHEN list_contains(known.rejected, 'agreements') THEN NULL
    WHEN agreement.case_id IS NOT NULL THEN agreement.agreement_includes_current
    WHEN known.agreements THEN false
  END                                                                             AS agreement_includes_current,
  CASE WHEN NOT list_contains(known.rejected, 'agreements') THEN agreement.agreement_broken_on END
                                                                                  AS agreement_broken_on,
  CASE WHEN agreement.inability_reported OR more.has_unkeyed_inability THEN true
    WHEN known.agreements THEN false END                                          AS inability_reported,
  agreement.agreement_src,

  CASE
    WHEN list_contains(known.rejected, 'licenses') THEN NULL
    WHEN held.license_count > 0 THEN held.license_count
    WHEN known.licenses THEN 0
  END                                                                             AS license_count,
  CASE
    WHEN list_contains(known.rejected, 'licenses') THEN NULL
    WHEN held.driver_license_count > 0 THEN held.driver_license_count
    WHEN known.licenses THEN 0
  END
                                                                                  AS driver_license_count,
  held.licenses_src,
  held.new_hire_on,
  held.new_hire_fein,
  held.new_hire_src,
  held.bank_account_count,
  held.bank_balance_cents,
  held.bank_src,
  held.refund_received_cents,
  held.refund_src,

  more.* EXCLUDE (case_id)
FROM caseload.cases AS cases
JOIN facts.known_case AS known ON known.case_id = cases.case_id
CROSS JOIN intake
LEFT JOIN facts.identity AS obligor ON obligor.person_id = cases.obligor_id
LEFT JOIN facts.identity AS custodial ON custodial.person_id = cases.custodial_id
LEFT JOIN facts.places AS place ON place.person_id = cases.obligor_id
LEFT JOIN facts.places AS custodial_place ON custodial_place.person_id = cases.custodial_id
LEFT JOIN facts.stays AS stays ON stays.case_id = cases.case_id
LEFT JOIN terms ON terms.case_id = cases.case_id
LEFT JOIN child ON child.case_id = cases.case_id
LEFT JOIN facts.balances AS balances ON balances.case_id = cases.case_id
LEFT JOIN facts.debts AS debts ON debts.case_id = cases.case_id
LEFT JOIN facts.claims AS claims ON claims.case_id = cases.case_id
LEFT JOIN facts.scheduled AS scheduled ON scheduled.case_id = cases.case_id
JOIN facts.circumstances AS more ON more.case_id = cases.case_id
LEFT JOIN facts.payments AS payments ON payments.case_id = cases.case_id
LEFT JOIN facts.ages AS ages ON ages.case_id = cases.case_id
LEFT JOIN facts.clocks AS clocks ON clocks.case_id = cases.case_id
LEFT JOIN notice ON notice.case_id = cases.case_id
LEFT JOIN facts.hearings AS hearings ON hearings.case_id = cases.case_id
LEFT JOIN facts.agreements AS agreement ON agreement.case_id = cases.case_id
LEFT JOIN facts.holdings AS held ON held.person_id = cases.obligor_id
