-- One row per vehicle; the first true column is the reason it is set aside.
SELECT
  'vehicle' AS record,
  source_line,
  row_number() OVER (PARTITION BY person_number, vin ORDER BY source_line) <> 1
    AS "the same vehicle of the same person stands in the file before"
FROM vehicle
