-- One row per receipt of this round and class of debt that may take part of it, in the order of the waterfall of its
-- kind of money; of a reversal, per part of the receipt that it takes back, in the opposite order; of what gives back
-- what was taken, per part that was taken.
WITH
receipt AS (
  SELECT * FROM money.queue WHERE round = $round
),
done AS (
  SELECT case_id, balance_class, of_month, sum(cents) AS cents, coalesce(sum(cents) FILTER (pays = 'state' AND balance_class <> 'penalty'), 0) AS state_cents
  FROM money.rows
  WHERE NOT is_earlier
  GROUP BY case_id, balance_class, of_month
),
kept AS (
  SELECT case_id, sum(state_cents) AS state_cents FROM done GROUP BY case_id
),
-- What went through to the family of the current support of a month. A row that names no month is that of one month, too.
passed AS (
  SELECT case_id, of_month, sum(cents) AS cents
  FROM money.rows
  WHERE is_passed
  GROUP BY case_id, of_month
),
open AS (
  SELECT
    coalesce(cases.person_id, cases.case_id)                                         AS group_id,
    cases.case_id,
    cases.case_class,
    cases.ordered_on,
    balances.balance_class,
    balances.of_month,
    -- Whose the debt is: as the agency says, else by its class; of current support, by the family's assistance.
    coalesce(balances.is_assigned, CASE
      WHEN balances.balance_class = 'current' THEN cases.case_class = 'current_assistance'
      ELSE balances.balance_class IN ('during_assistance', 'penalty') END)           AS assigned,
    balances.owed_cents - coalesce(done.cents, 0)                                    AS owed_cents,
    coalesce(balances.passed_cents, 0)                                               AS passed_before_cents,
    -- Installments of unlike cycles are compared by the year.
    cases.current_cents * cycle.per_year                                             AS current_per_year,
    sum(CASE WHEN balances.balance_class <> 'current' THEN greatest(balances.owed_cents - coalesce(done.cents, 0), 0)
      ELSE 0 END) OVER (PARTITION BY cases.case_id)                                  AS arrears_cents,
    -- The state keeps no more than the assistance that it paid out.
    CASE WHEN cases.unreimbursed_cents IS NOT NULL
      THEN greatest(cases.unreimbursed_cents - coalesce(kept.state_cents, 0), 0) END AS room_cents
  FROM input.balances AS balances
  JOIN input.cases AS cases USING (case_id)
  LEFT JOIN money.cycle AS cycle ON cycle.frequency = coalesce(cases.frequency, 'monthly')
  LEFT JOIN done ON done.case_id = balances.case_id AND done.balance_class = balances.balance_class
    AND done.of_month IS NOT DISTINCT FROM balances.of_month
  LEFT JOIN kept ON kept.case_id = balances.case_id
),
claim AS (
  SELECT
    receipt.receipt_id,
    receipt.waterfall,
    receipt.of_month                                                                 AS received_month,
    open.*
  FROM receipt
  JOIN open USING (group_id)
  WHERE NOT receipt.moves_earlier AND NOT receipt.is_on_hold AND open.owed_cents > 0
    -- Current support is that of the month in which the money came in, whenever it is allocated.
    AND coalesce(date_trunc('month', open.of_month) = receipt.of_month, true)
),
placed AS (
  SELECT
    claim.*,
    waterfall.tier_no,
    waterfall.tier,
    waterfall.place,
    waterfall.pays,
    waterfall.split,
    -- Of current support that is the state's so much a month goes to the family first, by the law of that month.
    CASE WHEN waterfall.passes_through AND waterfall.pays = 'state' AND claim.balance_class = 'current'
      AND law.value IS NOT NULL THEN greatest(least(claim.owed_cents, law.value - claim.passed_before_cents - coalesce(passed.cents, 0)), 0)
      ELSE 0 END                                                                     AS passed_cents
  FROM claim
  JOIN input.waterfall AS waterfall
    ON waterfall.waterfall = claim.waterfall AND waterfall.balance_class = claim.balance_class
    AND coalesce(waterfall.assigned = claim.assigned, waterfall.assigned IS NULL)
    AND coalesce(waterfall.case_class = claim.case_class, waterfall.case_class IS NULL)
  LEFT JOIN law.pass_through AS law ON claim.received_month BETWEEN law.from_on AND law.until_on
  LEFT JOIN passed ON passed.case_id = claim.case_id AND passed.of_month IS NOT DISTINCT FROM claim.of_month
),
kept_before AS (
  SELECT
    *,
    coalesce(sum(CASE WHEN pays = 'state' AND balance_class <> 'penalty' THEN owed_cents - passed_cents ELSE 0 END) OVER (
      PARTITION BY receipt_id, case_id ORDER BY tier_no, place, balance_class
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)                          AS state_before
  FROM placed
),
-- What the state may not keep goes to the family, in the same place. A penalty repays no assistance.
taken AS (
  SELECT
    kept_before.*,
    CASE WHEN pays = 'state' AND balance_class = 'penalty' THEN owed_cents
      WHEN pays = 'state'
        THEN greatest(least(owed_cents - passed_cents, coalesce(room_cents - state_before, owed_cents)), 0) ELSE 0 END
                                                                                     AS state_cents
  FROM kept_before
),
paid AS (
  SELECT *, 'family' AS payee, true AS is_passed, place + place + place AS at, passed_cents AS asked_cents FROM taken
  UNION ALL
  SELECT *, 'state' AS payee, false AS is_passed, place + place + place + 1 AS at, state_cents AS asked_cents FROM taken
  UNION ALL
  SELECT
    *,
    'family'                                                                         AS payee,
    false                                                                            AS is_passed,
    place + place + place + 1 + 1                                                    AS at,
    owed_cents - passed_cents - state_cents                                          AS asked_cents
  FROM taken
),
-- From the first tier on that a debt of unclear class could belong to, a person decides.
doubt AS (
  SELECT claim.receipt_id, min(waterfall.tier_no) AS held_from
  FROM claim
  JOIN input.waterfall AS waterfall
    ON waterfall.waterfall = claim.waterfall AND waterfall.balance_class = claim.balance_class
  ANTI JOIN placed
    ON placed.receipt_id = claim.receipt_id AND placed.case_id = claim.case_id AND placed.balance_class = claim.balance_class
  GROUP BY claim.receipt_id
),
back AS (
  SELECT
    receipt.receipt_id,
    rows.of_receipt_id,
    any_value(rows.waterfall)                                                        AS waterfall,
    rows.tier_no,
    rows.tier,
    rows.place,
    rows.case_id,
    rows.balance_class,
    any_value(rows.of_month)                                                         AS of_month,
    rows.pays,
    rows.is_passed,
    -- What is left of the part, or, to be given back, what was taken of it.
    CASE WHEN any_value(receipt.amount_cents) < 0 THEN sum(rows.cents)
      ELSE coalesce(- sum(rows.cents) FILTER (rows.receipt_id <> rows.of_receipt_id), 0) END AS asked_cents
  FROM receipt
  JOIN money.rows AS rows ON rows.of_receipt_id = receipt.first_receipt_id
  WHERE receipt.moves_earlier
  GROUP BY receipt.receipt_id, rows.of_receipt_id, rows.tier_no, rows.tier, rows.place, rows.case_id,
    rows.balance_class, rows.pays, rows.is_passed
)
SELECT
  paid.receipt_id,
  paid.receipt_id                                                                    AS of_receipt_id,
  paid.waterfall,
  paid.tier_no                                                                       AS step,
  paid.tier_no,
  paid.tier,
  CAST(paid.at AS BIGINT)                                                            AS place,
  paid.case_id,
  paid.ordered_on,
  paid.balance_class,
  paid.of_month,
  paid.payee                                                                         AS pays,
  paid.is_passed,
  CAST(paid.asked_cents AS BIGINT)                                                   AS asked_cents,
  CASE coalesce($split, CASE WHEN paid.balance_class <> 'current' THEN $arrears_split END, paid.split)
    WHEN 'equal_shares' THEN 1
    -- Current support is shared by what of it is owed, arrears by the current support that is ordered.
    WHEN 'by_current' THEN CASE WHEN paid.balance_class = 'current' THEN paid.owed_cents
      ELSE coalesce(paid.current_per_year, 0) END
    ELSE CASE WHEN paid.balance_class = 'current' THEN paid.arrears_cents END
  END                                                                                AS weight,
  doubt.held_from
FROM paid
LEFT JOIN doubt USING (receipt_id)
WHERE paid.asked_cents > 0
UNION ALL
SELECT
  back.receipt_id,
  back.of_receipt_id,
  back.waterfall,
  - back.tier_no                                                                     AS step,
  back.tier_no,
  back.tier,
  - back.place                                                                       AS place,
  back.case_id,
  cases.ordered_on,
  back.balance_class,
  back.of_month,
  back.pays,
  back.is_passed,
  CAST(back.asked_cents AS BIGINT)                                                   AS asked_cents,
  NULL                                                                               AS weight,
  NULL                                                                               AS held_from
FROM back
LEFT JOIN input.cases AS cases USING (case_id)
WHERE back.asked_cents > 0
