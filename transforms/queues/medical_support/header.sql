-- One row: whose notices these are, and of which day.
SELECT
  'H'                           AS record_type,
  'MEDICAL SUPPORT NOTICES'     AS file_name,
  '001'                         AS layout_version,
  $as_of                        AS created_on,
  agency_name,
  agency_telephone
FROM partner
