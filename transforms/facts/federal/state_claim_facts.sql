-- One row per person who owes in a case: what may be claimed of a state tax refund. Some states claim only what a
-- notice of debt liquidated, others all that is past due.
WITH
claim AS (
  SELECT
    debts.person_id,
    debts.case_id,
    coalesce($liquidated_only, true)                                                AS asks_for_liquidated,
    debts.counts_for_state,
    debts.state_cents,
    debts.enforceable_cents,
    debts.is_served AND fact.has_enforceable_order AND NOT fact.has_good_cause
      AND nullif(fact.balance_is_trusted, false)
      AND NOT list_has_any(fact.exempted_remedies, ['all', 'state_tax_intercept'])
      AND NOT list_has_any(fact.disputes_about, ['all', 'state_tax_intercept'])
      AND NOT list_contains(fact.hearings_pending_about, 'state_tax_intercept')     AS counts_past_due
  FROM facts.case_debts AS debts
  JOIN facts.case_facts AS fact USING (case_id)
),
counted AS (
  SELECT
    person_id,
    case_id,
    CASE WHEN asks_for_liquidated THEN counts_for_state ELSE counts_past_due END    AS counts,
    CASE
      WHEN asks_for_liquidated THEN state_cents
      WHEN counts_past_due THEN enforceable_cents
      WHEN NOT counts_past_due THEN 0
    END                                                                             AS cents
  FROM claim
),
summed AS (
  SELECT
    person_id,
    list_sort(list(case_id) FILTER (counts))                                        AS cases,
    CASE WHEN count(*) = count(cents) THEN sum(cents) END                           AS cents
  FROM counted
  GROUP BY person_id
)
SELECT
  facts.* EXCLUDE (cases_counted),
  coalesce(summed.cases, CAST([] AS VARCHAR[]))                                     AS cases_counted,
  CAST(summed.cents AS BIGINT)                                                      AS claim_cents
FROM facts.person_facts AS facts
JOIN summed USING (person_id)
ORDER BY subject_id
