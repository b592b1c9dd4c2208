-- One row per installment that fell due by tonight and that the order really asked for: nothing after the
-- order's end, after the last child's emancipation, or inside a suspension.
SELECT
  charges.case_id,
  charges.charge_id,
  charges.due_on,
  charges.amount_cents,
  charges.source_file,
  charges.source_line
FROM caseload.charges AS charges
LEFT JOIN facts.order_state AS orders USING (order_id)
WHERE charges.due_on <= $as_of
  AND coalesce(charges.due_on <= orders.accrues_until_on, true)
  AND NOT coalesce(charges.due_on >= orders.suspended_from_on
    AND charges.due_on <= coalesce(orders.suspended_to_on, charges.due_on), false)
