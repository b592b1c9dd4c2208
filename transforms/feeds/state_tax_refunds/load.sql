-- One row per state tax refund that was set off against the debt of a person.
SELECT
  detail.source_line,
  detail.person_number    AS person_id,
  detail.region_or_office AS office,
  detail.payment_amount   AS amount_cents,
  detail.collection_type,
  header.creation_date    AS created_on
FROM detail
CROSS JOIN header
