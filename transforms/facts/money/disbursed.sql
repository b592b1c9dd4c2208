-- One row per payment that was sent, or that takes one off which came back, by tonight, with what of it counts. A payment
-- that came back never counts: by its own row (returned, its amount as it was) or by a row that takes it off (returned
-- or sent, with an amount below zero).
SELECT
  case_id,
  receipt_id,
  paid_to,
  disbursed_on,
  CASE WHEN status = 'sent' THEN amount_cents ELSE least(amount_cents, 0) END     AS counted_cents,
  source_file,
  source_line
FROM caseload.disbursements
WHERE status IN ('sent', 'returned') AND disbursed_on <= $as_of
