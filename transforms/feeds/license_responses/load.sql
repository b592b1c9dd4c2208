-- One row per answer of a board. The source names no values for the suspension status; it is read with the dates, as
-- agreed with the boards: S with the day of suspension is done, R is given back, D is refused, blank only says what
-- license the person holds.
SELECT
  source_line,
  ssn,
  person_number         AS person_id,
  agency_number         AS board,
  license_number,
  license_source        AS board_name,
  license_issued_date   AS issued_on,
  license_expire_date   AS expires_on,
  license_suspended_date AS suspended_on,
  request_date          AS request_on,
  response_date         AS response_on,
  CASE
    WHEN suspension_status = 'S' AND license_suspended_date IS NOT NULL THEN 'restricted'
    WHEN suspension_status = 'R' THEN 'reinstated'
    WHEN suspension_status = 'D' THEN 'restriction_denied'
  END                   AS result
FROM response
