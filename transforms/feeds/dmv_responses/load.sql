-- One row per answer to a restriction or a reinstatement, paired with the request by its run date.
SELECT
  source_line,
  ssn,
  person_number    AS person_id,
  license_number,
  process_date     AS request_on,
  CASE result_type
    WHEN '1' THEN 'restricted'
    WHEN '2' THEN 'restriction_denied'
    WHEN '3' THEN 'reinstated'
    WHEN '4' THEN 'reinstatement_denied'
  END              AS result,
  denial_reason    AS reason
FROM response
