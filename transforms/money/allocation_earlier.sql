-- One row per part of a receipt that was allocated before: what a reversal takes back.
SELECT
  allocations.receipt_id,
  allocations.receipt_id                                                             AS of_receipt_id,
  coalesce(allocations.tier_no, 0)                                                   AS tier_no,
  coalesce(allocations.tier, 'allocated before')                                     AS tier,
  CAST(0 AS BIGINT)                                                                  AS place,
  coalesce(allocations.case_id, '')                                                  AS case_id,
  allocations.balance_class,
  allocations.pays,
  CAST(allocations.amount_cents AS BIGINT)                                           AS cents,
  CAST(NULL AS VARCHAR)                                                              AS reason,
  true                                                                               AS is_earlier
FROM input.allocations AS allocations
