-- One row: which state registers, and the batch: year, day of the year, and an even number for each file of person
-- records of that day.
SELECT
  'FA'                                  AS record_id,
  '000000000000000'                     AS zeros,
  state_fips,
  '01.00'                               AS version,
  $as_of                                AS date_stamp,
  strftime($as_of, '%y%j') || (1 + 1 + $files_before + $files_before) AS batch_number
FROM partner
