-- One row per person for whom nothing was found, or about whom the agency could not tell.
SELECT
  source_line,
  ssn,
  person_number                            AS person_id,
  license_number,
  request_status                           AS status,
  problem_text                             AS reason
FROM answer
