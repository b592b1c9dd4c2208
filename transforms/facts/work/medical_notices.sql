-- One row per case and payor to whom a National Medical Support Notice went: when, and what came back.
WITH
sent AS (
  SELECT
    subject_id,
    arg_max(kind, (published_on, coalesce(batch_no, 0))) <> 'release'    AS stands,
    max(published_on) FILTER (kind = 'send')                             AS sent_on
  FROM ledger.published
  WHERE queue = 'medical_support'
  GROUP BY subject_id
),
answer AS (
  SELECT
    case_id || ':' || fein                                               AS subject_id,
    answered_by,
    answer,
    answered_on,
    'caseload.medical_answers@' || source_file || ':' || source_line     AS src
  FROM caseload.medical_answers
  WHERE answered_on <= $as_of
)
SELECT
  sent.subject_id,
  sent.stands                                                            AS notice_in_place,
  sent.sent_on,
  max(answer.answered_on) FILTER (answer.answered_by = 'employer')       AS employer_answered_on,
  max(answer.answer) FILTER (answer.answered_by = 'employer')            AS employer_answer,
  max(answer.answered_on) FILTER (answer.answered_by = 'plan')           AS plan_answered_on,
  max(answer.answer) FILTER (answer.answered_by = 'plan')                AS plan_answer,
  string_agg(answer.src, ';' ORDER BY answer.src)                        AS answers_src
FROM sent
LEFT JOIN answer ON answer.subject_id = sent.subject_id AND answer.answered_on >= sent.sent_on
GROUP BY ALL
