-- Agreements of the bulk, kept and broken.
SELECT 'A' || case_of(i) AS agreement_id, case_of(i) AS case_id,
  $known_on - 90 AS signed_on, $known_on + 400 AS ends_on, 'Y' AS includes_current,
  CASE WHEN conduct = 'partial' THEN 'kept' ELSE 'broken' END AS status,
  CASE WHEN conduct <> 'partial' THEN $known_on - 20 END AS broken_on, $known_on AS known_on
FROM bulk WHERE conduct IN ('partial', 'stopped') AND dice('agreed', i, 12) = 0
