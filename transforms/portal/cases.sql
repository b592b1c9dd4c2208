-- One row per case and parent who may see it: how it stands, what is owed by class, and what was paid last.
SELECT
  party.case_id,
  party.person_id,
  party.role,
  cases.status                                            AS case_status,
  coalesce(cases.service_level, 'unknown')                AS service_level,
  cases.opened_on,
  cases.closed_on,
  CASE WHEN NOT party.other_is_protected THEN cases.office END AS office,
  facts.past_due_cents IS NOT NULL                        AS balance_is_known,
  coalesce(facts.balance_is_trusted, false)               AS balance_is_confirmed,
  CASE WHEN facts.past_due_cents IS NOT NULL THEN known.balances_through_on END AS balance_on,
  facts.past_due_cents,
  facts.pre_assistance_cents,
  facts.during_assistance_cents,
  facts.post_assistance_cents,
  facts.conditionally_assigned_cents,
  facts.never_assigned_cents,
  facts.current_cents IS NOT NULL                         AS order_is_known,
  facts.current_cents                                     AS current_support_cents,
  coalesce(facts.order_frequency, 'unknown')              AS frequency,
  facts.last_payment_on,
  facts.last_payment_cents,
  told.receipts_on                                        AS collections_known_through_on,
  CASE party.role WHEN 'custodial' THEN told.disbursements_on END AS disbursements_known_through_on,
  told.notices_on                                         AS notices_known_through_on,
  told.hearings_on                                        AS hearings_known_through_on,
  told.appointments_on                                    AS appointments_known_through_on,
  CASE party.role WHEN 'custodial' THEN told.fees_on END  AS fees_known_through_on
FROM portal.party AS party
JOIN caseload.cases AS cases ON cases.case_id = party.case_id
JOIN facts.case_facts AS facts ON facts.case_id = party.case_id
JOIN portal.told AS told ON told.case_id = party.case_id
CROSS JOIN facts.known AS known
ORDER BY party.case_id, party.role
