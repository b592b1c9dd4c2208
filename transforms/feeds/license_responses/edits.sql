-- One row per answer; the first true column is the reason it is set aside.
SELECT
  'response' AS record,
  source_line,
  suspension_status IS NOT NULL AND license_number IS NULL
    AS "a license was suspended or given back, and it is not said which",
  suspension_status IS NOT NULL AND request_date IS NULL
    AS "the answer does not say to which request",
  suspension_status NOT IN ('S', 'R', 'D')
    AS "a suspension status that was not agreed",
  suspension_status = 'S' AND license_suspended_date IS NULL
    AS "suspended without a day"
FROM response
