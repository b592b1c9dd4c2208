-- One row per case with a payment that the payer has arranged and that is taken soon: it shields like money on its
-- way. One that should have been taken already counts as long as a letter may be on its way.
SELECT
  case_id,
  CAST(sum(amount_cents) AS BIGINT)                                           AS scheduled_cents,
  min(next_on)                                                                AS scheduled_on,
  string_agg('caseload.scheduled_payments@' || source_file || ':' || source_line, ';'
    ORDER BY source_file, source_line)                                        AS scheduled_src
FROM caseload.scheduled_payments
WHERE status = 'active' AND amount_cents > 0 AND entered_on <= $as_of
  AND next_on >= $as_of - CAST($mail_lag_days AS INTEGER)
  AND next_on <= $as_of + CAST($scheduled_within_days AS INTEGER)
GROUP BY case_id
