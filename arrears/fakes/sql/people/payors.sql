-- The addresses of the employers.
SELECT fein, min(employer_name) AS payor_name, '1 Wharf St' AS line_1,
  city_of(CAST(fein AS BIGINT)) AS city, $state AS state,
  zip_of(CAST(fein AS BIGINT)) AS zip, 'Y' AS takes_electronic,
  $known_on AS known_on
FROM v.employers GROUP BY fein
