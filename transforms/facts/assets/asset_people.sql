-- One row per parent who owes: what every remedy against property asks of them, over all their cases.
WITH
of_cases AS (
  SELECT
    person_id,
    CASE WHEN bool_or(has_payment_in_transit) THEN true
      WHEN bool_and(has_payment_in_transit IS NOT NULL) THEN false END              AS has_payment_in_transit,
    -- The installment that goes on is said only where it is one.
    CASE WHEN count(*) FILTER (order_is_accruing) = 1
      THEN any_value(current_cents) FILTER (order_is_accruing) END                  AS installment_cents,
    CASE WHEN count(*) FILTER (order_is_accruing) = 1
      THEN any_value(order_frequency) FILTER (order_is_accruing) END                AS installment_frequency
  FROM facts.case_facts
  GROUP BY person_id
),
owed AS (
  SELECT
    person_id,
    CAST(CASE WHEN count(*) = count(owed_cents) THEN sum(owed_cents) END AS BIGINT) AS owed_cents
  FROM facts.case_debts
  GROUP BY person_id
)
SELECT
  guards.person_id,
  cases.office,
  cases.worker,
  guards.cases,
  guards.has_open_case,
  guards.debt_gate_is_open,
  guards.obligor_is_alive,
  guards.identity_is_certain,
  guards.identity_has_failed,
  guards.obligor_is_assisted,
  guards.bankruptcy_is_open,
  guards.agreement_is_kept,
  guards.hearings_pending_about,
  of_cases.has_payment_in_transit,
  of_cases.installment_cents,
  of_cases.installment_frequency,
  owed.owed_cents,
  guards.person_src,
  guards.case_src,
  guards.past_due_src,
  guards.debt_notice_src,
  guards.hearing_src,
  guards.agreement_src,
  guards.stays_src
FROM facts.person_guards AS guards
JOIN caseload.cases AS cases ON cases.case_id = guards.first_case_id
JOIN of_cases USING (person_id)
JOIN owed USING (person_id)
