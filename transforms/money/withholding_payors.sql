-- One row per part of an order and payor that withholds it: several payors bear it by what they pay in a year.
WITH
wage AS (
  SELECT
    wage.wage_id,
    CASE WHEN $sums_payors THEN coalesce(wage.person_id, wage.wage_id) ELSE wage.wage_id END AS group_id,
    greatest(coalesce(earned.disposable_cents, 1), 0) * cycle.per_year               AS weight
  FROM input.wage AS wage
  JOIN money.earned AS earned USING (wage_id)
  JOIN money.cycle AS cycle ON cycle.frequency = wage.pay_frequency
)
SELECT
  [granted.group_id, granted.order_id, granted.part]                                 AS pot_id,
  wage.wage_id                                                                       AS claim_id,
  granted.cents                                                                      AS pot_cents,
  granted.cents                                                                      AS asked_cents,
  wage.weight,
  granted.ordered_on,
  granted.case_id,
  false                                                                              AS none_left_out,
  granted.order_id,
  granted.part
FROM money.granted AS granted
JOIN input.orders AS orders USING (order_id)
JOIN wage ON wage.wage_id = orders.wage_id AND wage.group_id = granted.group_id
