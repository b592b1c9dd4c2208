-- One row per thing that a step is taken on, by kind: of a license, the body that can restrict it decides. What the
-- body has to be told beside the number stands before the colon.
SELECT 'driver_licenses' AS kind, person_id, license_number AS target_id
FROM facts.licenses
WHERE license_kind = 'driver'
UNION ALL
-- A board is named by its license; where none is, nobody can be written to.
SELECT 'board_licenses', person_id, board || ':' || license_number
FROM facts.licenses
WHERE license_kind IN ('professional', 'shellfish', 'other') AND board IS NOT NULL
UNION ALL
SELECT 'recreational_licenses', person_id, license_kind || ':' || license_number
FROM facts.licenses
WHERE license_kind IN ('hunting', 'fishing', 'trapping', 'recreational')
UNION ALL
SELECT 'registrations', person_id, license_kind || ':' || license_number
FROM facts.licenses
WHERE license_kind = 'registration'
UNION ALL
-- A registry of motor vehicles holds both, the license and the registration.
SELECT 'registry_holds', person_id, license_kind || ':' || license_number
FROM facts.licenses
WHERE license_kind IN ('driver', 'registration')
UNION ALL
-- Every other licensing agency, by the name that the license gives it.
SELECT 'agency_licenses', person_id, board || ':' || license_number
FROM facts.licenses
WHERE license_kind NOT IN ('driver', 'registration') AND board IS NOT NULL
