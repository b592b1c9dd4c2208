-- One row: the month for which banks match, and the kind of file, as the agreement with them has it.
SELECT
  'D'           AS record_type,
  strftime($as_of, '%Y-%m') AS match_date,
  data_match_file_ind
FROM partner
