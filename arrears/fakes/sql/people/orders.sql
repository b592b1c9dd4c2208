-- One order per case of the bulk.
SELECT 'O' || case_of(i) AS order_id, case_of(i) AS case_id,
  $state AS issuing_state, 'this_state' AS issued_by,
  first_due_on - 20 AS entered_on, first_due_on, ends_on,
  CASE WHEN ends_on IS NOT NULL THEN 'emancipated' END AS end_reason, frequency,
  CASE WHEN conduct = 'zero_order' THEN 0 ELSE current_cents END AS current_cents,
  CASE WHEN conduct = 'partial' THEN current_cents // 10 ELSE 0 END AS arrears_cents,
  CASE WHEN ends_on IS NULL THEN 'active' ELSE 'ended' END AS status,
  NULL AS suspended_from_on, NULL AS suspended_to_on,
  CASE WHEN dice('health', i, 10) < 4 THEN 'Y' ELSE 'N' END AS health_cover_ordered,
  CASE WHEN dice('health', i, 10) < 4 THEN
    CASE WHEN dice('covered', i, 12) > 0 THEN 'Y' ELSE 'N' END END AS health_cover_provided,
  $known_on AS known_on
FROM bulk
