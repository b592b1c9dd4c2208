-- One row per document: what a registry would send back.
SELECT
  record_no,
  is_withdrawal OR amount > 0       AS amount_is_above_zero,
  lien_reference IS NOT NULL        AS lien_is_named
FROM record
