-- One row per case that we dealt in with another person than the parent who owes tonight: with whom last, and until when.
-- What names nobody and is not later may have been theirs, and burdens nobody else.
SELECT
  published.case_id,
  arg_max(published.person_id, published.published_on)                          AS earlier_person_id,
  max(published.published_on)                                                   AS earlier_until_on
FROM ledger.published AS published
JOIN caseload.cases AS cases USING (case_id)
ANTI JOIN facts.same_people AS same
  ON same.person_id = cases.obligor_id AND same.other_id = published.person_id
WHERE published.person_id <> '' AND published.person_id <> cases.obligor_id
  -- Letters to the parent with custody are about nobody else's debt.
  AND published.queue IS DISTINCT FROM 'custodial_notices'
GROUP BY published.case_id
