-- One row per payment made to a family in error that is not made good by tonight. Two tables tell it: `overpayments` with
-- its course, and `erroneous_payments` with what is left. A payment under the same id in both is one, as the first says.
SELECT
  overpayment_id                                                                  AS payment_id,
  case_id,
  amount_cents - recovered_cents                                                  AS open_cents,
  found_on,
  cause,
  coalesce(notice_sent_on <= $as_of, false)                                       AS is_noticed,
  'caseload.overpayments@' || source_file || ':' || source_line                   AS src
FROM caseload.overpayments
WHERE found_on <= $as_of AND NOT coalesce(settled_on <= $as_of, false)
  AND coalesce(amount_cents > recovered_cents, true)
UNION ALL
SELECT
  error.payment_id,
  error.case_id,
  error.left_cents,
  NULL,
  NULL,
  false,
  'caseload.erroneous_payments@' || error.source_file || ':' || error.source_line
FROM caseload.erroneous_payments AS error
ANTI JOIN caseload.overpayments AS told ON told.overpayment_id = error.payment_id AND told.case_id = error.case_id
WHERE coalesce(error.left_cents > 0, true)
