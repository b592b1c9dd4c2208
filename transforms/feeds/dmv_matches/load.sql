-- One row per driver license that was found for a person of a request.
SELECT
  source_line,
  ssn,
  person_number                            AS person_id,
  last_name,
  first_name,
  date_of_birth                            AS birth_on,
  license_number
FROM match
