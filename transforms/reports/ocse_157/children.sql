-- One row per child of an open case who is not emancipated.
SELECT
  cases.case_id,
  children.person_id,
  cases.office,
  cases.case_class                                             AS part,
  1                                                            AS counted,
  'caseload.children@' || children.source_file || ':' || children.source_line AS src
FROM caseload.cases AS cases
JOIN caseload.children AS children USING (case_id)
WHERE cases.status = 'open' AND coalesce(children.emancipated_on > $as_of, true)
