-- One row per referral; the first true column is the reason it is set aside.
SELECT
  'referral' AS record,
  source_line,
  to_on < from_on
    AS "it ends before it begins"
FROM referral
