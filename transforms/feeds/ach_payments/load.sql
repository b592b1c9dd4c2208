-- One row per segment that says of whose pay money came, by the case that its sender names, in the columns of the same
-- payments in their flattened form. A fee that another state keeps back is money of the parent's all the same: what was
-- collected counts, not what was passed on.
WITH
entry AS (
  SELECT ccd.source_line, ccd.amount AS cents, ccd.trace_number FROM ccd
  UNION ALL
  SELECT ctx.source_line, ctx.total_amount, ctx.trace_number FROM ctx
),
paid AS (
  SELECT
    ded.*,
    entry.cents,
    entry.trace_number,
    entry.source_line                                               AS entry_line,
    ded.ded01_application_id IN ('RI', 'RT', 'RO')                  AS keeps_fee
  FROM ded
  ASOF JOIN entry ON ded.source_line > entry.source_line
),
-- What the entry has left for the segments of which a fee was kept back: it is shared as they were collected.
shared AS (
  SELECT
    paid.*,
    cents - coalesce(sum(ded04_amount) FILTER (NOT keeps_fee) OVER of_entry, 0) AS left_cents,
    sum(ded04_amount) FILTER (keeps_fee) OVER of_entry              AS fee_cents
  FROM paid
  WINDOW of_entry AS (PARTITION BY entry_line)
)
SELECT
  shared.source_line,
  shared.segment_no,
  shared.ded05_ncp_ssn                                              AS ssn,
  shared.ded02_case_identifier                                      AS named,
  shared.ded07_ncp_name                                             AS short_name,
  shared.ded01_application_id                                       AS collection_kind,
  batch.company_name                                                AS payor_name,
  -- The first character says of which kind the number is.
  CASE WHEN starts_with(batch.company_id, '1') THEN nullif(substr(batch.company_id, 1 + 1), '') END AS employer_fein,
  shared.trace_number,
  CAST(CASE WHEN shared.keeps_fee
    THEN shared.ded04_amount * least(shared.left_cents, shared.fee_cents) // shared.fee_cents
    ELSE shared.ded04_amount END AS BIGINT)                         AS passed_on_cents,
  shared.ded04_amount                                               AS collected_cents,
  CAST(try_strptime(shared.ded03_pay_date, ['%y%m%d', '%Y%m%d']) AS DATE) AS withheld_on,
  batch.effective_entry_date                                        AS settles_on,
  header.creation_date                                              AS arrived_on,
  coalesce(shared.ded09_employment_termination = 'Y', false)        AS job_has_ended,
  CASE shared.ded06_medical_support_ind WHEN 'Y' THEN true WHEN 'N' THEN false END AS has_family_cover
FROM shared
ASOF JOIN batch ON shared.source_line > batch.source_line
CROSS JOIN header
