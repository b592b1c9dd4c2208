-- One row per part of a receipt that was allocated before, and per part that was taken of it since: what a reversal can
-- still take back is the net of them.
SELECT
  allocations.receipt_id,
  coalesce(allocations.of_receipt_id, allocations.receipt_id)                        AS of_receipt_id,
  CAST(NULL AS VARCHAR)                                                              AS waterfall,
  coalesce(allocations.tier_no, 0)                                                   AS tier_no,
  coalesce(allocations.tier, 'allocated_before')                                     AS tier,
  CAST(0 AS BIGINT)                                                                  AS place,
  coalesce(allocations.case_id, '')                                                  AS case_id,
  allocations.balance_class,
  CAST(NULL AS DATE)                                                                 AS of_month,
  allocations.pays,
  CAST(allocations.amount_cents AS BIGINT)                                           AS cents,
  CAST(NULL AS VARCHAR)                                                              AS reason,
  false                                                                              AS is_passed,
  true                                                                               AS is_earlier
FROM input.allocations AS allocations
