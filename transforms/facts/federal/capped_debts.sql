-- One row per case: what of its debt counts for the federal record, by kind. Assigned debt reaches no further than the
-- assistance that was paid and not paid back, where the agency says it.
SELECT
  debts.case_id,
  debts.person_id,
  CASE
    WHEN lost.case_id IS NOT NULL OR (cap.case_id IS NOT NULL AND cap.unreimbursed_cents IS NULL) THEN NULL
    WHEN cap.unreimbursed_cents < debts.assigned_cents THEN cap.unreimbursed_cents
    ELSE debts.assigned_cents
  END                                                                               AS assigned_cents,
  debts.unassigned_cents,
  cap.unreimbursed_cents,
  'caseload.assistance@' || cap.source_file || ':' || cap.source_line               AS src
FROM facts.case_debts AS debts
LEFT JOIN caseload.assistance AS cap USING (case_id)
LEFT JOIN (SELECT DISTINCT case_id FROM caseload.rejected WHERE table_name = 'assistance') AS lost
  ON lost.case_id = debts.case_id
