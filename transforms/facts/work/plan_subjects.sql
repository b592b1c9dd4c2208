-- One row per thing that may withhold for a case: each payor of its parent, and unemployment benefits.
SELECT subject_id, case_id, person_id
FROM facts.work_subjects
UNION ALL
SELECT case_id || ':unemployment', case_id, obligor_id
FROM caseload.cases
