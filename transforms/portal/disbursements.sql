-- One row per payment of the last months to the reader: to the family for the parent who has custody, given back for the
-- parent who pays. What is on hold has no day yet.
SELECT
  party.case_id,
  party.person_id,
  party.role,
  replace(paid.disbursement_id, party.other_id, '*')      AS disbursement_id,
  paid.disbursed_on,
  paid.amount_cents,
  paid.status,
  -- A payment of another case bears that case in its number.
  CASE WHEN receipt.case_id = party.case_id THEN replace(paid.receipt_id, party.other_id, '*') END AS receipt_id
FROM portal.party AS party
JOIN caseload.disbursements AS paid
  ON paid.case_id = party.case_id AND paid.paid_to = CASE party.role WHEN 'custodial' THEN 'family' ELSE 'obligor' END
LEFT JOIN caseload.receipts AS receipt ON receipt.receipt_id = paid.receipt_id
WHERE paid.disbursed_on IS NULL
  OR (paid.disbursed_on <= $as_of
    AND paid.disbursed_on >= date_trunc('month', $as_of) - to_months(CAST($months AS INTEGER)))
ORDER BY party.case_id, party.role, paid.disbursed_on, paid.disbursement_id
