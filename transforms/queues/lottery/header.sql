-- One row: whose file this is, and of which day.
SELECT
  'H'              AS record_type,
  'LOTTERY DEBTS'  AS file_name,
  '001'            AS layout_version,
  $as_of           AS created_on,
  agency_name,
  agency_telephone
FROM partner
