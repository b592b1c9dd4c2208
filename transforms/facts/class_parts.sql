-- One row per case and class of debt: what charges, opening balance and posted parts of receipts come to, beside what
-- the agency says. A charge belongs to the time in which it fell due: before, in or after assistance, or never
-- assisted. Both classes from before assistance are one here; which of them is conditional nothing recomputes.
WITH
span AS (
  SELECT case_id, min(from_on) AS first_on
  FROM caseload.assistance_spells
  WHERE from_on <= $as_of
  GROUP BY case_id
),
told AS (
  SELECT known.case_id, span.first_on, whole.balances_through_on AS through_on
  FROM facts.known_case AS known
  CROSS JOIN facts.known AS whole
  JOIN caseload.cases AS cases ON cases.case_id = known.case_id
  LEFT JOIN span ON span.case_id = known.case_id
  SEMI JOIN caseload.postings AS postings ON postings.case_id = known.case_id
  WHERE known.assistance_spells AND known.postings AND known.receipts AND known.charges AND known.orders
    AND (span.first_on IS NOT NULL OR cases.case_class = 'never_assistance')
),
charged AS (
  SELECT
    charge.case_id,
    CASE
      WHEN told.first_on IS NULL THEN 'never_assigned'
      WHEN charge.due_on < told.first_on THEN 'pre_assistance'
      WHEN assistance.case_id IS NOT NULL THEN 'during_assistance'
      ELSE 'post_assistance'
    END                                                           AS class,
    sum(charge.amount_cents)                                      AS cents
  FROM facts.charge AS charge
  JOIN told USING (case_id)
  LEFT JOIN caseload.assistance_spells AS assistance
    ON assistance.case_id = charge.case_id AND charge.due_on >= assistance.from_on
      AND charge.due_on <= coalesce(assistance.to_on, charge.due_on)
  WHERE charge.due_on <= coalesce(told.through_on, $as_of)
  GROUP BY ALL
),
posted AS (
  SELECT
    postings.case_id,
    CASE postings.balance_class WHEN 'conditionally_assigned' THEN 'pre_assistance'
      ELSE postings.balance_class END                             AS class,
    sum(postings.amount_cents)                                    AS cents
  FROM caseload.postings AS postings
  JOIN caseload.receipts AS receipts USING (receipt_id, case_id)
  JOIN told USING (case_id)
  WHERE receipts.status = 'posted'
    AND coalesce(receipts.posted_on, receipts.received_on) <= least(told.through_on, $as_of)
  GROUP BY ALL
),
agency AS (
  SELECT
    balances.case_id,
    CASE balances.balance_class WHEN 'conditionally_assigned' THEN 'pre_assistance'
      ELSE balances.balance_class END                             AS class,
    sum(past_due_cents)                                           AS cents,
    sum(opening_cents)                                            AS opening
  FROM caseload.balances AS balances
  JOIN told USING (case_id)
  GROUP BY ALL
)
SELECT
  case_id,
  class,
  CAST(coalesce(agency.cents, 0) AS BIGINT)                       AS agency_cents,
  CAST(coalesce(agency.opening, 0) + coalesce(charged.cents, 0) - coalesce(posted.cents, 0) AS BIGINT)
                                                                  AS recomputed_cents,
  CAST(coalesce(posted.cents, 0) AS BIGINT)                       AS posted_cents
FROM agency
FULL JOIN charged USING (case_id, class)
FULL JOIN posted USING (case_id, class)
