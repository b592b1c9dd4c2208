-- One row: whose placements these are, and of which day.
SELECT
  'H'          AS record_type,
  'PLACEMENTS' AS file_name,
  '001'        AS layout_version,
  $as_of       AS created_on,
  client_number,
  agency_name
FROM partner
