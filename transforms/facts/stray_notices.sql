-- One row per case with a notice on file that was meant for the parent who owes and was served on somebody else: it
-- opens nothing, and a person should know.
SELECT
  case_id,
  list_sort(list(about || coalesce(
    ' served on person ' || person_id,
    ' served on nobody by name while person ' || earlier_person_id || ' was dealt with')))                 AS stray_notices,
  string_agg('caseload.notices@' || source_file || ':' || source_line, ';' ORDER BY source_file, source_line)
                                                                              AS stray_src
FROM facts.case_notices
WHERE NOT is_obligors AND status = 'served' AND served_on <= $as_of
  -- Of letters to the other parent, only those that nobody but the parent who owes is sent.
  AND (NOT is_custodials OR about IN ('notice_of_debt', 'license_revocation', 'federal_offset'))
GROUP BY case_id
