-- One row per answer of an employer that counts: with the number under which we wrote, or the parent's own in that case,
-- and, where it answers an order, with the tracking number under which we sent it; with the message that it answers.
WITH
ours AS (
  SELECT
    subject_id,
    TRY_CAST(carry AS JSON) ->> 'tracking_number'                        AS tracking_number,
    any_value(TRY_CAST(carry AS JSON) ->> 'document_action')             AS document_action,
    any_value(TRY_CAST(carry AS JSON) ->> 'person_token')                AS sent_token,
    max({'on': published_on, 'batch': coalesce(batch_no, 0)})            AS sent_at
  FROM ledger.published
  WHERE queue = 'income_withholding' AND (TRY_CAST(carry AS JSON) ->> 'tracking_number') IS NOT NULL
  GROUP BY ALL
)
SELECT
  said.case_id || ':' || said.employer_fein                              AS subject_id,
  said.case_id,
  said.employer_fein,
  cases.obligor_id,
  said.action_code,
  said.action_code = 'EMP'                                               AS is_own_word,
  said.tracking_number,
  -- An older order names no action; then the answer says what it answers.
  coalesce(ours.document_action, said.action_code)                       AS document_action,
  ours.sent_at,
  person.person_token = said.person_token                                AS is_todays_number,
  said.disposition_status,
  said.disposition_reason,
  said.answered_on,
  said.job_ended_on,
  said.corrected_fein,
  said.other_order_state,
  said.lump_sum_on,
  said.lump_sum_cents,
  said.lump_sum_type,
  said.source_file,
  said.source_line,
  'eiwo_acknowledgments.eiwo_acknowledgments@' || said.source_file || ':' || said.source_line AS src
FROM staging.eiwo_acknowledgments AS said
JOIN caseload.cases AS cases USING (case_id)
JOIN caseload.persons AS person ON person.person_id = cases.obligor_id
LEFT JOIN ours
  ON ours.subject_id = said.case_id || ':' || said.employer_fein AND ours.tracking_number = said.tracking_number
WHERE said.answered_on <= $as_of
  AND (said.action_code = 'EMP' OR ours.subject_id IS NOT NULL)
  AND said.person_token IN (person.person_token, ours.sent_token)
