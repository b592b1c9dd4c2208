-- One row per month with movement and parent who may see the case: what fell due, came in and was paid out, and what was
-- owed at its end. What was owed is told only where charges and receipts come to the engine's own balance to the cent.
WITH
-- On the day of the agency's balance, as the balances are recomputed.
moved AS (
  SELECT case_id, due_on AS on_day, amount_cents AS charged_cents, 0 AS collected_cents
  FROM caseload.charges
  CROSS JOIN facts.known AS known
  WHERE due_on <= least(known.balances_through_on, $as_of)
  UNION ALL
  SELECT case_id, coalesce(posted_on, received_on), 0, amount_cents
  FROM caseload.receipts
  CROSS JOIN facts.known AS known
  WHERE status = 'posted' AND coalesce(posted_on, received_on) <= least(known.balances_through_on, $as_of)
),
opening AS (
  SELECT case_id, CASE WHEN count(*) = count(opening_cents) THEN sum(opening_cents) END AS opening_cents
  FROM caseload.balances
  GROUP BY case_id
),
month AS (
  SELECT
    case_id,
    CAST(date_trunc('month', on_day) AS DATE)             AS month_on,
    sum(charged_cents)                                    AS charged_cents,
    sum(collected_cents)                                  AS collected_cents
  FROM moved
  GROUP BY ALL
),
ran AS (
  SELECT
    month.*,
    opening.opening_cents
      + sum(charged_cents - collected_cents) OVER (PARTITION BY case_id ORDER BY month_on) AS owed_cents,
    opening.opening_cents
      + sum(charged_cents - collected_cents) OVER (PARTITION BY case_id)                   AS last_cents
  FROM month
  LEFT JOIN opening USING (case_id)
),
paid AS (
  SELECT case_id, CAST(date_trunc('month', disbursed_on) AS DATE) AS month_on, sum(amount_cents) AS disbursed_cents
  FROM caseload.disbursements
  WHERE disbursed_on <= $as_of AND paid_to = 'family' AND (status = 'sent' OR (status = 'returned' AND amount_cents < 0))
  GROUP BY ALL
)
SELECT
  party.case_id,
  party.person_id,
  party.role,
  ran.month_on,
  CASE WHEN told.charges_on IS NOT NULL THEN CAST(ran.charged_cents AS BIGINT) END     AS charged_cents,
  CASE WHEN told.receipts_on IS NOT NULL THEN CAST(ran.collected_cents AS BIGINT) END  AS collected_cents,
  CASE WHEN party.role = 'custodial' AND told.disbursements_on IS NOT NULL
    THEN CAST(coalesce(paid.disbursed_cents, 0) AS BIGINT) END                         AS disbursed_cents,
  CASE WHEN ran.last_cents = facts.recomputed_past_due_cents
    AND facts.recomputed_past_due_cents = facts.past_due_cents THEN CAST(ran.owed_cents AS BIGINT) END AS owed_at_end_cents
FROM portal.party AS party
JOIN ran ON ran.case_id = party.case_id
JOIN facts.case_facts AS facts ON facts.case_id = party.case_id
JOIN portal.told AS told ON told.case_id = party.case_id
LEFT JOIN paid ON paid.case_id = party.case_id AND paid.month_on = ran.month_on
WHERE ran.month_on >= date_trunc('month', $as_of) - to_months(CAST($months AS INTEGER))
ORDER BY party.case_id, party.role, ran.month_on
