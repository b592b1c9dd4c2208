-- One row per transaction; the first true column is the reason it is set aside.
SELECT
  'header' AS record,
  source_line,
  row_number() OVER (PARTITION BY local_state_fips, transaction_serial ORDER BY source_line) > 1
    AS "the same serial number as an earlier transaction of that state",
  source_line IN (SELECT source_line FROM collection WHERE posting_date < collection_date)
    AS "money posted before it was collected"
FROM header
