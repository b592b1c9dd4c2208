-- What each order says of withholding.
SELECT 'O' || case_of(i) AS order_id, case_of(i) AS case_id, 'Y' AS withholding_ordered,
  'N' AS clause_suspended, 'N' AS other_arrangement, 'N' AS other_cover_named,
  $known_on AS known_on
FROM bulk
