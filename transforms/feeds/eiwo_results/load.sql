-- One row per order that the portal took (no error field) or gave back (the first field in error).
SELECT
  result.source_line,
  result.case_identifier                                AS case_id,
  result.employer_ein                                   AS employer_fein,
  result.document_action                                AS action_code,
  result.document_tracking_number                       AS tracking_number,
  result.first_error_field,
  result.second_error_field,
  coalesce(result.multiple_error_ind = 'Y', false)      AS has_more_errors,
  header.creation_date                                  AS answered_on
FROM result
CROSS JOIN header
