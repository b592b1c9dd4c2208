-- One row per receipt in the order in which the money of one parent is allocated: by the day it came in, what takes
-- money back after what brought it. The n-th receipts of all parents are allocated together, in round n, each by the
-- waterfall that held on its day. What takes a receipt back, or gives back what was taken of it, belongs to the first
-- receipt of that chain; a chain that comes back to itself has none.
WITH RECURSIVE
chain AS (
  SELECT receipt_id, reverses_receipt_id AS of_receipt_id
  FROM input.receipts
  WHERE reverses_receipt_id IS NOT NULL
  UNION
  SELECT chain.receipt_id, receipts.reverses_receipt_id
  FROM chain
  JOIN input.receipts AS receipts ON receipts.receipt_id = chain.of_receipt_id
  WHERE receipts.reverses_receipt_id IS NOT NULL
),
first AS (
  SELECT chain.receipt_id, chain.of_receipt_id
  FROM chain
  ANTI JOIN input.receipts AS receipts
    ON receipts.receipt_id = chain.of_receipt_id AND receipts.reverses_receipt_id IS NOT NULL
),
held AS (
  SELECT DISTINCT kind, waterfall, from_on, until_on FROM input.waterfall
)
SELECT
  receipts.receipt_id,
  coalesce(receipts.person_id, cases.person_id, receipts.case_id)                    AS group_id,
  receipts.case_id,
  coalesce(receipts.received_on, $as_of)                                             AS received_on,
  CAST(date_trunc('month', coalesce(receipts.received_on, $as_of)) AS DATE)          AS of_month,
  receipts.kind,
  held.waterfall,
  CAST(receipts.amount_cents AS BIGINT)                                              AS amount_cents,
  receipts.reverses_receipt_id IS NOT NULL OR receipts.amount_cents < 0              AS moves_earlier,
  first.of_receipt_id                                                                AS first_receipt_id,
  -- A refund of a joint return may be held whole for the spouse, at most so many months, or until the spouse is settled.
  coalesce(receipts.is_on_hold, false) OR coalesce(holds_until_on > $as_of, false)   AS is_on_hold,
  CASE WHEN holds_until_on > $as_of THEN holds_until_on END                          AS holds_until_on,
  receipts.case_id IS NOT NULL AND cases.case_id IS NULL                             AS case_is_unknown,
  row_number() OVER (
    PARTITION BY coalesce(receipts.person_id, cases.person_id, receipts.case_id)
    ORDER BY receipts.received_on NULLS FIRST, receipts.reverses_receipt_id IS NOT NULL OR receipts.amount_cents < 0,
      receipts.amount_cents > 0, receipts.receipt_id)                                AS round
FROM (
  SELECT *,
    CASE WHEN kind = 'federal_refund' AND is_joint_return
      THEN CAST(least(coalesce(received_on, $as_of) + to_months(CAST($joint_hold_months AS INTEGER)), spouse_settled_on) AS DATE)
    END                                                                              AS holds_until_on
  FROM input.receipts
) AS receipts
LEFT JOIN input.cases AS cases USING (case_id)
LEFT JOIN first USING (receipt_id)
LEFT JOIN held ON held.kind = receipts.kind AND coalesce(receipts.received_on, $as_of) BETWEEN held.from_on AND held.until_on
