-- One row: whose notices these are, and of which day.
SELECT
  'H'               AS record_type,
  'OBLIGOR NOTICES' AS file_name,
  '003'             AS layout_version,
  $as_of            AS created_on,
  agency_name,
  agency_address_line_1,
  agency_city,
  agency_state,
  agency_zip,
  agency_telephone
FROM partner
