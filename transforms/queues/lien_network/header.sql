-- One row: whose debtors these are, and of which day; the hour is no matter of a night.
SELECT
  '00'                          AS record_type,
  timestamp_marker,
  strftime($as_of, '%Y%m%d')    AS created_date,
  '000000000000'                AS created_time,
  sender_name
FROM partner
