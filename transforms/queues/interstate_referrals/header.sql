-- One row: which state refers, and on which day.
SELECT
  'H'         AS record_type,
  'REFERRALS' AS file_name,
  '002'       AS layout_version,
  $as_of      AS created_on,
  state_fips,
  agency_name
FROM partner
