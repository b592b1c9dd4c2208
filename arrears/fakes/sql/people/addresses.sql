-- Mail addresses of most parents and residences of some.
SELECT person_of(p) AS person_id, kind, street_of(p + shift) AS line_1,
  CASE WHEN dice('flat', p, 6) = 0 THEN 'Apt ' || (1 + dice('flat', p, 40)) END AS line_2,
  city_of(p + shift) AS city, $state AS state, zip_of(p + shift) AS zip,
  $first_night - CAST(dice('checked', p, 700) + 1 AS INTEGER) AS verified_on,
  CASE WHEN dice('violence', p, 33) = 0 THEN 'Y' ELSE 'N' END AS protected,
  $known_on AS known_on
FROM folk, (VALUES ('mail', 0, 96), ('residence', 3, 30)) AS kinds(kind, shift, share)
WHERE role < 2 AND dice('at ' || kind, p, 100) < share
