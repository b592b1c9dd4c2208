-- One row per benefit payment from which support was withheld, by our own person number.
SELECT
  detail.source_line,
  detail.ssn,
  detail.person_number    AS person_id,
  detail.last_name,
  detail.payment_date     AS paid_on,
  detail.amount           AS amount_cents,
  header.file_date
FROM detail
CROSS JOIN header
