-- The caseload's money, proven: each line counts the same cents two ways.
WITH
told AS (
  SELECT
    'parts of receipts sum to the receipts'                                       AS what,
    (SELECT sum(amount_cents) FROM facts.allocation_receipts)                     AS left_cents,
    (SELECT sum(amount_cents) FROM facts.allocation)                              AS right_cents
  UNION ALL
  SELECT
    'receipts whose parts do not sum to them',
    0,
    (SELECT count(*) FROM (
      SELECT receipts.receipt_id
      FROM facts.allocation_receipts AS receipts
      LEFT JOIN facts.allocation AS part USING (receipt_id)
      GROUP BY receipts.receipt_id, receipts.amount_cents
      HAVING coalesce(sum(part.amount_cents), 0) <> receipts.amount_cents))
  UNION ALL
  SELECT
    'debts that got more than is owed',
    0,
    (SELECT count(*) FROM (
      SELECT part.case_id, part.balance_class
      FROM facts.allocation AS part
      JOIN facts.allocation_balances AS balances
        ON balances.case_id = part.case_id AND balances.balance_class = part.balance_class
        AND balances.of_month IS NOT DISTINCT FROM part.of_month
      GROUP BY part.case_id, part.balance_class, part.of_month
      HAVING sum(part.amount_cents) > any_value(balances.owed_cents)))
  UNION ALL
  -- Over all nights: what the agency booked of a receipt and of those that moved it, and what tonight moves.
  SELECT
    'debts of which more was taken back than was paid',
    0,
    (SELECT count(*) FROM (
      SELECT of_receipt_id, case_id, balance_class
      FROM (
        SELECT of_receipt_id, case_id, balance_class, amount_cents, false AS is_tonight FROM facts.allocation_earlier
        UNION ALL
        SELECT of_receipt_id, case_id, balance_class, amount_cents, true FROM facts.allocation WHERE tier <> 'held'
      )
      GROUP BY ALL
      HAVING sum(amount_cents) < 0 AND coalesce(sum(amount_cents) FILTER (is_tonight), 0) < 0))
)
SELECT
  what,
  CAST(coalesce(left_cents, 0) AS BIGINT)                                         AS left_cents,
  CAST(coalesce(right_cents, 0) AS BIGINT)                                        AS right_cents,
  coalesce(left_cents, 0) = coalesce(right_cents, 0)                              AS agrees
FROM told
