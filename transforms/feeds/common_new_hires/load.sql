-- One row per hire. Who the employer is stands behind position 284, and where is in no source that was read: the hire is
-- told without its employer, and a person asks.
SELECT
  source_line,
  ssn,
  last_name,
  first_name,
  date_of_birth                  AS birth_on,
  date_of_hire                   AS hired_on,
  CAST(NULL AS VARCHAR)          AS employer_fein,
  CAST(NULL AS VARCHAR)          AS employer_name,
  CAST(NULL AS VARCHAR)          AS employer_street,
  CAST(NULL AS VARCHAR)          AS employer_city,
  CAST(NULL AS VARCHAR)          AS employer_state,
  CAST(NULL AS VARCHAR)          AS employer_zip
FROM hire
