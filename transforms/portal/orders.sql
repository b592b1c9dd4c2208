-- One row per order and parent who may see its case: its terms as they stand. Where a number of the agency's holds that of
-- the other parent, a star stands for it, here and in the other extracts.
SELECT
  party.case_id,
  party.person_id,
  party.role,
  replace(orders.order_id, party.other_id, '*')           AS order_id,
  orders.status                                           AS order_status,
  orders.entered_on,
  orders.first_due_on,
  orders.ends_on,
  coalesce(orders.frequency, 'unknown')                   AS frequency,
  orders.current_cents                                    AS current_support_cents,
  orders.arrears_cents                                    AS arrears_payment_cents
FROM portal.party AS party
JOIN caseload.orders AS orders ON orders.case_id = party.case_id
ORDER BY party.case_id, party.role, order_id
