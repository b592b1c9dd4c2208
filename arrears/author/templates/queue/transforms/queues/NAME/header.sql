-- One row: whose file it is and of which day.
SELECT
  'H'    AS record_type,
  agency_name,
  $as_of AS made_on
FROM partner
