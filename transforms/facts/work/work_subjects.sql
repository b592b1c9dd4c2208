-- One row per case and payor of its parent, also one that is known no more but was told to withhold or to insure.
WITH
paid AS (
  SELECT cases.case_id, cases.obligor_id AS person_id, jobs.fein
  FROM caseload.cases AS cases
  JOIN facts.work_jobs AS jobs ON jobs.person_id = cases.obligor_id
  UNION
  SELECT cases.case_id, cases.obligor_id, split_part(published.subject_id, ':', -1)
  FROM ledger.published AS published
  JOIN caseload.cases AS cases USING (case_id)
  WHERE published.queue IN ('income_withholding', 'medical_support')
)
SELECT case_id || ':' || fein AS subject_id, case_id, person_id, fein
FROM paid
WHERE fein IS NOT NULL
