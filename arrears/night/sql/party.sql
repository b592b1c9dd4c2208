-- Who belongs to which case, as the run knows the cases: obligors, and everybody else.
SELECT case_id, obligor_id, custodial_id AS other_id FROM caseload.cases
UNION ALL
SELECT case_id, NULL, person_id FROM caseload.children
