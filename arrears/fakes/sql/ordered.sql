-- The orders to withhold that most payors have.
SELECT 'income_withholding' AS remedy, case_id || ':' || fein AS subject_id, case_id,
  obligor_id AS person_id, 'order' AS step, 'income_withholding' AS queue, 'original' AS message,
  case_id || ':' || fein AS target_id,
  least(from_on + 14, $known_on) AS sent_on,
  CASE WHEN $told_unserved > 0 THEN current_cents ELSE 0 END AS amount_cents,
  $known_on AS known_on
FROM v.employers AS employers JOIN v.cases AS cases ON cases.obligor_id = employers.person_id
JOIN bulk ON case_of(i) = case_id
WHERE status = 'open' AND ($told_unserved = 0 OR (NOT is_assisted AND NOT is_dead AND ssn_verified = 'Y' AND ends_on IS NULL)) AND dice('ordered before', i, 100) < $share
