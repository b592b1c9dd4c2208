-- One row per payment made to a family in error that is not made good by tonight. Two tables tell it: `overpayments` with
-- its course, and `erroneous_payments` with what is left. A payment under the same id in both is one, as the first says.
WITH
-- What our own letters told of.
told AS (
  SELECT DISTINCT case_id, unnest(from_json(TRY_CAST(carry AS JSON) -> 'overpayments', '["VARCHAR"]')) AS payment_id
  FROM ledger.published
  WHERE queue = 'custodial_notices' AND message = 'overpayment'
)
SELECT
  paid.overpayment_id                                                             AS payment_id,
  paid.case_id,
  amount_cents - recovered_cents                                                  AS open_cents,
  found_on,
  cause,
  coalesce(notice_sent_on <= $as_of, false) OR told.payment_id IS NOT NULL        AS is_noticed,
  'caseload.overpayments@' || source_file || ':' || source_line                   AS src
FROM caseload.overpayments AS paid
LEFT JOIN told ON told.payment_id = paid.overpayment_id AND told.case_id = paid.case_id
WHERE found_on <= $as_of AND NOT coalesce(settled_on <= $as_of, false)
  AND coalesce(amount_cents > recovered_cents, true)
UNION ALL
SELECT
  error.payment_id,
  error.case_id,
  error.left_cents,
  NULL,
  NULL,
  letter.payment_id IS NOT NULL,
  'caseload.erroneous_payments@' || error.source_file || ':' || error.source_line AS src
FROM caseload.erroneous_payments AS error
ANTI JOIN caseload.overpayments AS fuller ON fuller.overpayment_id = error.payment_id AND fuller.case_id = error.case_id
LEFT JOIN told AS letter ON letter.payment_id = error.payment_id AND letter.case_id = error.case_id
WHERE coalesce(error.left_cents > 0, true)
