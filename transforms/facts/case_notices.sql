-- One row per notice of a case, with the parents as they are tonight: a notice tells the person it was served on, under
-- whichever person number, and nobody else. Where the agency names none, it counts for the parent who owes, unless it is
-- from a time when somebody else was dealt with as that parent.
SELECT
  notices.*,
  cases.obligor_id,
  earlier.earlier_person_id,
  coalesce(
    notices.person_id = cases.obligor_id OR same.other_id IS NOT NULL,
    least(notices.sent_on, notices.served_on, notices.returned_on) > earlier.earlier_until_on,
    earlier.case_id IS NULL)                                                  AS is_obligors,
  coalesce(notices.person_id = cases.custodial_id, false)                     AS is_custodials
FROM caseload.notices AS notices
JOIN caseload.cases AS cases USING (case_id)
LEFT JOIN facts.same_people AS same
  ON same.person_id = cases.obligor_id AND same.other_id = notices.person_id
LEFT JOIN facts.earlier_parents AS earlier USING (case_id)
