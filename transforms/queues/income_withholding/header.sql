-- One row: whose orders these are. The control number is never used twice: what tells two files of a day apart is
-- what stands in them.
WITH
told AS (
  SELECT
    upper(regexp_extract(
      sha256(coalesce(string_agg(document_tracking_number, ',' ORDER BY document_tracking_number), '')),
      '^[0-9a-f]{11}'))                               AS content
  FROM records
)
SELECT
  'FHI'                                               AS document_code,
  partner.state_fips || strftime($as_of, '%y%m%d') || told.content AS control_number,
  partner.state_fips,
  $as_of                                              AS creation_date,
  '000000'                                            AS creation_time
FROM partner
CROSS JOIN told
