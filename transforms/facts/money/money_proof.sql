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
      JOIN facts.allocation_balances AS balances USING (case_id, balance_class)
      GROUP BY part.case_id, part.balance_class
      HAVING sum(part.amount_cents) > any_value(balances.owed_cents)))
)
SELECT
  what,
  CAST(coalesce(left_cents, 0) AS BIGINT)                                         AS left_cents,
  CAST(coalesce(right_cents, 0) AS BIGINT)                                        AS right_cents,
  coalesce(left_cents, 0) = coalesce(right_cents, 0)                              AS agrees
FROM told
