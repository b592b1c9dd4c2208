-- What was allocated in the rounds so far, and now this one: a case's part of a tier goes to its classes in their
-- places; what no debt takes is over-collected, and what a person has to decide is held.
WITH
-- What is known of a payer's debts. Only who is known, with every debt, can have paid too much.
payer AS (
  SELECT
    coalesce(cases.person_id, cases.case_id)                                         AS group_id,
    bool_or(balances.case_id IS NULL)                                                AS debt_is_unknown,
    bool_or(balances.owed_cents > 0 AND placed.balance_class IS NULL)                AS debt_has_no_place
  FROM input.cases AS cases
  LEFT JOIN input.balances AS balances USING (case_id)
  LEFT JOIN (SELECT DISTINCT balance_class FROM input.waterfall) AS placed USING (balance_class)
  GROUP BY ALL
),
granted AS (
  SELECT claims.receipt_id, claims.step, claims.case_id, shares.cents
  FROM money.claims AS claims
  JOIN money.shares AS shares USING (pot_id, claim_id)
),
made AS (
  SELECT
    takes.*,
    greatest(least(takes.asked_cents, granted.cents - coalesce(sum(takes.asked_cents) OVER (
      PARTITION BY takes.receipt_id, takes.step, takes.case_id
      ORDER BY takes.place, takes.balance_class, takes.pays ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)), 0)
                                                                                     AS cents
  FROM money.takes AS takes
  JOIN granted USING (receipt_id, step, case_id)
),
signed AS (
  SELECT made.*, CASE WHEN queue.amount_cents < 0 THEN - made.cents ELSE made.cents END AS signed_cents
  FROM made
  JOIN money.queue AS queue USING (receipt_id)
  WHERE made.cents > 0
),
rest AS (
  SELECT
    queue.*,
    queue.amount_cents - coalesce((SELECT sum(signed_cents) FROM signed WHERE signed.receipt_id = queue.receipt_id), 0)
                                                                                     AS cents,
    EXISTS (SELECT 1 FROM money.takes AS takes WHERE takes.receipt_id = queue.receipt_id AND takes.held_from IS NOT NULL)
                                                                                     AS is_in_doubt,
    (SELECT max(tier_no) FROM input.waterfall AS waterfall WHERE waterfall.waterfall = queue.waterfall) AS last_tier,
    payer.group_id IS NULL                                                           AS payer_is_unknown,
    coalesce(payer.debt_is_unknown, false)                                           AS debt_is_unknown,
    coalesce(payer.debt_has_no_place, false)                                         AS debt_has_no_place
  FROM money.queue AS queue
  LEFT JOIN payer ON payer.group_id = queue.group_id
  WHERE queue.round = $round
),
told AS (
  SELECT
    *,
    CASE
      WHEN moves_earlier THEN 'original_unknown'
      WHEN is_on_hold THEN 'on_hold'
      WHEN last_tier IS NULL THEN 'no_waterfall'
      WHEN is_in_doubt THEN 'class_unclear'
      WHEN payer_is_unknown THEN 'payer_unknown'
      WHEN case_is_unknown THEN 'case_unknown'
      WHEN debt_is_unknown THEN 'debt_unknown'
      WHEN debt_has_no_place THEN 'debt_without_place'
      ELSE 'over_collected'
    END                                                                              AS reason
  FROM rest
  WHERE cents <> 0
)
SELECT * FROM money.rows
UNION ALL
SELECT
  receipt_id,
  of_receipt_id,
  waterfall,
  tier_no,
  tier,
  abs(place)                                                                         AS place,
  case_id,
  balance_class,
  of_month,
  pays,
  CAST(signed_cents AS BIGINT)                                                       AS cents,
  NULL                                                                               AS reason,
  is_passed,
  false                                                                              AS is_earlier
FROM signed
UNION ALL
SELECT
  receipt_id,
  coalesce(first_receipt_id, receipt_id)                                             AS of_receipt_id,
  waterfall,
  coalesce(last_tier, 0) + 1                                                         AS tier_no,
  CASE WHEN reason = 'over_collected' THEN 'over_collected' ELSE 'held' END          AS tier,
  0                                                                                  AS place,
  coalesce(case_id, '')                                                              AS case_id,
  CASE WHEN reason = 'over_collected' THEN 'over_collected' ELSE 'held' END          AS balance_class,
  CAST(NULL AS DATE)                                                                 AS of_month,
  CASE WHEN reason = 'over_collected' THEN 'obligor' ELSE 'nobody' END               AS pays,
  CAST(cents AS BIGINT)                                                              AS cents,
  reason,
  false                                                                              AS is_passed,
  false                                                                              AS is_earlier
FROM told
