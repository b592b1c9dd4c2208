-- One row per electronic payment that arrived, by the case that its sender names. A fee that another state keeps back is
-- money of the parent's all the same: what was collected counts, not what was passed on.
SELECT
  payment.source_line,
  payment.ncp_ssn                          AS ssn,
  payment.case_identifier                  AS named,
  payment.ncp_name                         AS short_name,
  payment.application_id                   AS collection_kind,
  payment.company_name                     AS payor_name,
  CASE WHEN payment.company_id_designator = '1' THEN payment.company_id_number END AS employer_fein,
  payment.trace_number,
  payment.transmittal_amount               AS passed_on_cents,
  payment.collection_amount                AS collected_cents,
  payment.pay_date                         AS withheld_on,
  payment.effective_entry_date             AS settles_on,
  header.creation_date                     AS arrived_on,
  coalesce(payment.employment_termination_ind = 'Y', false) AS job_has_ended,
  CASE payment.medical_support_ind WHEN 'Y' THEN true WHEN 'N' THEN false END AS has_family_cover
FROM payment
CROSS JOIN header
