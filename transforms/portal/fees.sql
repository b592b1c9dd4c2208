-- One row per case and federal fiscal year for the parent who has custody: what was sent, from which sum the annual fee is
-- charged, and whether it is taken.
SELECT
  party.case_id,
  party.person_id,
  party.role,
  fee.fiscal_year,
  fee.disbursed_cents,
  fee.threshold_cents,
  fee.fee_cents,
  fee.fee_is_taken
FROM portal.party AS party
JOIN facts.fee_facts AS fee ON fee.case_id = party.case_id
WHERE party.role = 'custodial'
ORDER BY party.case_id, party.role, fee.fiscal_year
