-- One row per employer; the first true column is the reason it is set aside.
SELECT
  'employer' AS record,
  source_line,
  ltrim(fein, '0') = ''
    AS "a number of zeros: no employer"
FROM employer
