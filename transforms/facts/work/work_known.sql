-- One row per case: of which of the tables about work and withholding the silence means something tonight.
WITH
near AS (
  SELECT
    coalesce(bool_or(is_current) FILTER (name = 'order_withholding'), false)   AS order_withholding,
    coalesce(bool_or(is_current) FILTER (name = 'employers'), false)           AS employers,
    coalesce(bool_or(is_current) FILTER (name = 'withheld'), false)            AS withheld,
    coalesce(bool_or(is_current) FILTER (name = 'payor_shares'), false)        AS payor_shares,
    coalesce(bool_or(is_current) FILTER (name = 'garnishments'), false)        AS garnishments,
    coalesce(bool_or(is_current) FILTER (name = 'medical_answers'), false)     AS medical_answers,
    coalesce(bool_or(is_current) FILTER (name = 'eiwo_acknowledgments'), false) AS eiwo_acknowledgments,
    coalesce(bool_or(is_current) FILTER (name = 'eiwo_results'), false)        AS eiwo_results
  FROM facts.fresh
)
SELECT
  known.case_id,
  known.rejected,
  known.orders,
  known.receipts,
  near.order_withholding AND NOT list_contains(known.rejected, 'order_withholding') AS order_withholding,
  near.employers AND NOT list_contains(known.rejected, 'employers')                 AS employers,
  near.withheld AND NOT list_contains(known.rejected, 'withheld')                   AS withheld,
  near.payor_shares AND NOT list_contains(known.rejected, 'payor_shares')           AS payor_shares,
  near.garnishments AND NOT list_contains(known.rejected, 'garnishments')           AS garnishments,
  near.medical_answers AND NOT list_contains(known.rejected, 'medical_answers')     AS medical_answers,
  near.eiwo_acknowledgments,
  near.eiwo_results
FROM facts.known_case AS known
CROSS JOIN near
