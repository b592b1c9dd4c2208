-- One row per act that was told about a case and the parent who owes in it tonight.
SELECT published.*
FROM ledger.published AS published
JOIN caseload.cases AS cases USING (case_id)
LEFT JOIN facts.same_people AS same
  ON same.person_id = cases.obligor_id AND same.other_id = published.person_id
LEFT JOIN facts.earlier_parents AS earlier USING (case_id)
WHERE coalesce(
  nullif(published.person_id, '') = cases.obligor_id OR same.other_id IS NOT NULL,
  published.published_on > earlier.earlier_until_on,
  earlier.case_id IS NULL)
