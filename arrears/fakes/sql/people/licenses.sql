-- Licenses that the agency knows of: of drivers, and a few others.
SELECT person_of(obligor_p) AS person_id, 'driver' AS license_kind,
  license_of(obligor_p) AS license_number, 'SOS' AS board, 'valid' AS status,
  $first_night + CAST(30 + dice('expires', obligor_p, 1800) AS INTEGER) AS expires_on,
  $known_on AS known_on
FROM bulk WHERE obligor_i = i AND has_license AND dice('on file', i, 100) < 35
UNION ALL
SELECT person_of(obligor_p), ['professional', 'hunting', 'fishing'][1 + dice('trade', i, 3)],
  'P' || license_of(obligor_p), ['NURSING', 'IFW', 'IFW'][1 + dice('trade', i, 3)], 'valid',
  $first_night + 200,
  $known_on
FROM bulk WHERE obligor_i = i AND dice('other license', i, 20) = 0
