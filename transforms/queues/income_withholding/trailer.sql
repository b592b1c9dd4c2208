-- One row: how many orders the file holds, under the control number of its header.
WITH
told AS (
  SELECT
    count(*)                                          AS orders,
    upper(regexp_extract(
      sha256(coalesce(string_agg(document_tracking_number, ',' ORDER BY document_tracking_number), '')),
      '^[0-9a-f]{11}'))                               AS content
  FROM records
)
SELECT
  'FTI'                                               AS document_code,
  partner.state_fips || strftime($as_of, '%y%m%d') || told.content AS control_number,
  0                                                   AS batch_count,
  told.orders                                         AS record_count,
  0                                                   AS employer_sent_count,
  told.orders                                         AS state_sent_count
FROM partner
CROSS JOIN told
