-- One row: what this file is, and of which day.
SELECT
  'H'               AS record_type,
  'ACCOUNT ENTRIES' AS file_name,
  '001'             AS layout_version,
  $as_of            AS created_on
