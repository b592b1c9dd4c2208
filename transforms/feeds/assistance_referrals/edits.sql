-- One row per referral; the first true column is the reason it is set aside.
SELECT
  'referral' AS record,
  source_line,
  event = 'E' AND to_on IS NULL
    AS "a grant that ended, and not when",
  to_on < from_on
    AS "it ends before it begins",
  event = 'G' AND coalesce(monthly_amount, 0) = 0
    AS "a grant of nothing"
FROM referral
