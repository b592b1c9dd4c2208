-- One row per driver license of a person in the caseload.
SELECT
  source_line,
  ssn,
  person_number   AS person_id,
  last_name,
  first_name,
  date_of_birth   AS birth_on,
  license_number,
  license_class,
  expiration_date AS expires_on,
  address_line_1,
  address_line_2,
  city,
  state,
  zip
FROM license
