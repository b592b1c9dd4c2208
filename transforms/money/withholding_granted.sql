-- One row per order, wage group and part: what it gets of the group's limit.
SELECT
  claims.group_id,
  claims.order_id,
  claims.part,
  claims.case_id,
  claims.ordered_on,
  coalesce(shares.cents, 0)                                                          AS cents
FROM money.claims AS claims
LEFT JOIN money.shares AS shares USING (pot_id, claim_id)
