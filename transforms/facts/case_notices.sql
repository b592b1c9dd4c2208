-- One row per notice of a case, with the parents as they are tonight: a notice tells the person it was served on, and
-- nobody else. Where the agency names none, it counts for the parent who owes.
SELECT
  notices.*,
  cases.obligor_id,
  coalesce(notices.person_id = cases.obligor_id, true)                        AS is_obligors,
  coalesce(notices.person_id = cases.custodial_id, false)                     AS is_custodials
FROM caseload.notices AS notices
JOIN caseload.cases AS cases USING (case_id)
