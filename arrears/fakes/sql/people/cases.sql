-- The cases of the bulk.
SELECT case_of(i) AS case_id, office_of(i) AS office,
  'W' || office_of(i) || dice('worker', i, 4) AS worker,
  person_of(obligor_p) AS obligor_id, person_of(custodial_i * 10 + 1) AS custodial_id, case_class,
  CASE WHEN conduct = 'closed' THEN 'closed' ELSE 'open' END AS status,
  CASE WHEN dice('service', i, 50) = 0 THEN 'withholding_only' ELSE 'full' END AS service_level,
  CASE dice('interstate', i, 25) WHEN 0 THEN 'initiating' WHEN 1 THEN 'responding' ELSE 'none' END
    AS interstate,
  first_due_on - 45 AS opened_on,
  CASE WHEN conduct = 'closed' THEN least(ends_on + 30, $first_night - 5) END AS closed_on,
  $known_on AS known_on
FROM bulk
