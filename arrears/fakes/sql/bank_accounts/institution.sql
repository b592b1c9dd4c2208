-- The header of an institution's answer.
SELECT 0 AS n, 'A' AS record_type, $tin AS institution_tin, $month AS match_date,
  $institution AS institution_name, '0' AS transfer_agent_ind,
  '1 CANAL ST' AS institution_street, $city AS institution_city,
  $state AS institution_state,
  $zip AS institution_zip5, $tin AS reporting_agent_tin,
  $institution AS reporting_agent_name,
  '1 CANAL ST' AS reporting_agent_street, $city AS reporting_agent_city,
  $state AS reporting_agent_state, $zip AS reporting_agent_zip5,
  'M' AS data_match_file_ind
