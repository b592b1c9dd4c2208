-- One row per answer; the first true column is the reason it is set aside.
SELECT
  'answer' AS record,
  source_line,
  delivered > 0 AND delivered_on IS NULL
    AS "money delivered without its day"
FROM answer
