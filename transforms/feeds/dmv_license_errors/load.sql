-- One row per license, or person, that the agency could not work, with its reason.
SELECT
  source_line,
  ssn,
  person_number                            AS person_id,
  license_number,
  status,
  error_reason                             AS reason
FROM error
