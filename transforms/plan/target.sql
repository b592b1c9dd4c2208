-- One row per license that the Secretary of State can restrict; those of other boards wait for their queues.
SELECT 'licenses' AS kind, person_id, license_number AS target_id
FROM facts.licenses
WHERE license_kind = 'driver'
