-- One row per answer of an employer to an order, or the employer's own notice about the job.
SELECT
  answer.source_line,
  answer.employee_ssn                                   AS ssn,
  answer.case_identifier                                AS case_id,
  answer.employer_ein                                   AS employer_fein,
  answer.employee_last_name                             AS last_name,
  answer.action_code,
  answer.document_tracking_number                       AS tracking_number,
  answer.disposition_status,
  answer.disposition_reason,
  answer.termination_date                               AS job_ended_on,
  answer.final_payment_date                             AS final_payment_on,
  answer.final_payment_amount                           AS final_payment_cents,
  answer.new_employer_name,
  answer.lump_sum_date                                  AS lump_sum_on,
  answer.lump_sum_amount                                AS lump_sum_cents,
  answer.lump_sum_type,
  -- A field of zeros is an empty one.
  CASE WHEN ltrim(answer.corrected_ein, '0') <> '' THEN answer.corrected_ein END AS corrected_fein,
  answer.multiple_iwo_state                             AS other_order_state,
  header.creation_date                                  AS answered_on
FROM answer
CROSS JOIN header
