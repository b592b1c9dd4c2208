-- One row per case and payor of whom the portal or a payment brought word: what the payor answered to the order that we
-- sent last, and what the payor reported unasked, under the number of the parent in that case.
WITH
ours AS (
  SELECT DISTINCT
    subject_id,
    TRY_CAST(carry AS JSON) ->> 'tracking_number'                        AS tracking_number
  FROM ledger.published
  WHERE queue = 'income_withholding' AND (TRY_CAST(carry AS JSON) ->> 'tracking_number') IS NOT NULL
),
trusted AS (
  SELECT *
  FROM facts.employer_answers
  WHERE is_todays_number
),
answer AS (
  SELECT
    subject_id,
    any_value(case_id)                                                   AS case_id,
    any_value(employer_fein)                                             AS fein,
    any_value(obligor_id)                                                AS person_id,
    arg_max({'status': disposition_status, 'reason': disposition_reason, 'on': answered_on,
      'corrected': corrected_fein, 'state': other_order_state}, (answered_on, source_file, source_line))
      FILTER (action_code IN ('ORG', 'AMD'))                             AS last,
    -- The job ended: the employer says so, or turns an order down for it.
    arg_max({'ended_on': coalesce(job_ended_on, answered_on), 'told_on': answered_on},
      (answered_on, source_file, source_line))
      FILTER ((is_own_word AND disposition_status = 'T')
        OR (NOT is_own_word AND disposition_status = 'R' AND disposition_reason = 'N')) AS ending,
    arg_max({'on': lump_sum_on, 'cents': lump_sum_cents, 'kind': lump_sum_type},
      (answered_on, source_file, source_line)) FILTER (is_own_word AND disposition_status = 'L') AS lump,
    string_agg(src, ';' ORDER BY src)                                    AS src
  FROM trusted
  GROUP BY subject_id
),
-- With the last pay a payor may say that the job ended; a later payment without that word takes it back.
last_pay AS (
  SELECT
    cases.case_id || ':' || paid.employer_fein                           AS subject_id,
    any_value(cases.case_id)                                             AS case_id,
    any_value(paid.employer_fein)                                        AS fein,
    any_value(cases.obligor_id)                                          AS person_id,
    arg_max({'has_ended': paid.job_has_ended, 'ended_on': paid.withheld_on, 'told_on': paid.arrived_on,
      'src': paid.src},
      (paid.withheld_on, paid.arrived_on, paid.job_has_ended, paid.source_file, paid.source_line)) AS last
  FROM facts.electronic AS paid
  JOIN caseload.cases AS cases ON cases.case_id = paid.named
  -- The payor's word counts under the number of the parent who owes in the case that it names.
  JOIN caseload.persons AS person ON person.person_id = cases.obligor_id AND person.person_token = paid.person_token
  WHERE paid.withheld_on <= $as_of AND paid.employer_fein IS NOT NULL
  GROUP BY ALL
),
paid_out AS (
  SELECT * FROM last_pay WHERE last.has_ended
),
portal AS (
  SELECT
    result.case_id || ':' || result.employer_fein                        AS subject_id,
    arg_max(result.first_error_field, (result.answered_on, result.source_file, result.source_line)) AS error_field,
    max(result.answered_on)                                              AS answered_on,
    string_agg('eiwo_results.eiwo_results@' || result.source_file || ':' || result.source_line, ';'
      ORDER BY result.source_file, result.source_line)                   AS src
  FROM staging.eiwo_results AS result
  JOIN ours
    ON ours.subject_id = result.case_id || ':' || result.employer_fein AND ours.tracking_number = result.tracking_number
  WHERE result.answered_on <= $as_of AND result.first_error_field IS NOT NULL
  GROUP BY ALL
)
SELECT
  subject_id,
  coalesce(answer.case_id, paid_out.case_id)                             AS case_id,
  coalesce(answer.fein, paid_out.fein)                                   AS fein,
  coalesce(answer.person_id, paid_out.person_id)                         AS person_id,
  CASE answer.last.status WHEN 'A' THEN 'accepted' WHEN 'R' THEN 'rejected' END AS order_answer,
  answer.last.reason                                                     AS answer_reason,
  answer.last.on                                                         AS answered_on,
  answer.last.corrected                                                  AS corrected_fein,
  answer.last.state                                                      AS other_order_state,
  greatest(CASE WHEN answer.ending.ended_on <= $as_of THEN answer.ending.ended_on END, paid_out.last.ended_on)
                                                                         AS job_ended_on,
  least(answer.ending.told_on, paid_out.last.told_on)                    AS job_end_answered_on,
  paid_out.last.ended_on                                                 AS last_pay_on,
  answer.lump.on                                                         AS lump_sum_on,
  answer.lump.cents                                                      AS lump_sum_cents,
  answer.lump.kind                                                       AS lump_sum_kind,
  portal.error_field                                                     AS portal_error_field,
  portal.answered_on                                                     AS portal_answered_on,
  nullif(concat_ws(';', answer.src, portal.src, paid_out.last.src), '')  AS said_src
FROM answer
FULL JOIN portal USING (subject_id)
FULL JOIN paid_out USING (subject_id)
