-- One row per license; the first true column is the reason it is set aside.
SELECT
  'license' AS record,
  source_line,
  status = 'E' AND expires_on IS NULL
    AS "expired without a day",
  row_number() OVER (PARTITION BY license_kind, license_number, ssn, last_name ORDER BY source_line) <> 1
    AS "the same license of the same holder stands in the list before"
FROM license
