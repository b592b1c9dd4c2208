-- The faulty rows of a whole table: where each stands, and its first fault.
SELECT
  $feed AS feed,
  $table AS table_name,
  $delivery AS source_file,
  source_line,
  CASE WHEN fault_field IS NULL THEN 'line' ELSE 'field' END AS scope,
  fault_reason AS reason,
  fault_field AS field,
  fault_value AS shown_value
FROM query_table($typed)
WHERE fault_reason IS NOT NULL
