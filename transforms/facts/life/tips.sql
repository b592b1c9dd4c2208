-- One row per case: what its parents told by portal and voice response, and what of it no worker has taken up yet.
WITH
told AS (
  SELECT
    tip.*,
    CASE WHEN worked.worked_on <= $as_of THEN worked.worked_on END               AS worked_on,
    tip.person_id = cases.custodial_id                                           AS is_custodial,
    'staging.portal_intake@' || tip.source_file || ':' || tip.source_line        AS src
  FROM staging.portal_intake AS tip
  LEFT JOIN caseload.tips_worked AS worked USING (tip_id)
  LEFT JOIN caseload.cases AS cases ON cases.case_id = tip.case_id
  WHERE tip.received_on <= $as_of
)
SELECT
  case_id,
  count(*) FILTER (worked_on IS NULL)                                          AS tips_waiting,
  coalesce(min(received_on) FILTER (worked_on IS NULL), max(received_on))      AS tips_reported_on,
  CASE WHEN bool_and(worked_on IS NOT NULL) THEN max(worked_on) END            AS tips_taken_up_on,
  count(*) FILTER (worked_on IS NULL AND kind IN ('AD', 'CO') AND about = 'O') AS tips_of_place,
  count(*) FILTER (worked_on IS NULL AND kind = 'EM' AND about = 'O')          AS tips_of_employer,
  count(*) FILTER (worked_on IS NULL AND kind = 'AS' AND about = 'O')          AS tips_of_property,
  count(*) FILTER (worked_on IS NULL AND kind = 'FI')                          AS tips_of_finances,
  count(*) FILTER (worked_on IS NULL AND kind = 'PD')                          AS tips_of_direct_payment,
  count(*) FILTER (worked_on IS NULL AND kind = 'LT' AND about = 'O')          AS tips_of_license,
  count(*) FILTER (worked_on IS NULL AND kind = 'RR')                          AS tips_of_review,
  count(*) FILTER (worked_on IS NULL AND kind = 'MP')                          AS tips_of_missing_payment,
  count(*) FILTER (worked_on IS NULL AND kind = 'RA')                          AS tips_of_records,
  count(*) FILTER (worked_on IS NULL AND kind = 'NN')                          AS tips_of_name_or_number,
  count(*) FILTER (worked_on IS NULL AND kind = 'IQ')                          AS tips_of_inquiry,
  min(received_on) FILTER (worked_on IS NULL AND kind = 'RR')                  AS review_notified_on,
  -- By the parent who has custody now: nobody else reads what the family was paid.
  max(received_on) FILTER (worked_on IS NULL AND kind = 'RA' AND told_by = 'C' AND is_custodial) AS statement_asked_on,
  count(*) FILTER (worked_on IS NULL AND kind IN ('HR', 'DI'))                 AS tips_of_objection,
  min(received_on) FILTER (worked_on IS NULL AND kind IN ('HR', 'DI'))         AS objected_on,
  count(*) FILTER (worked_on IS NULL AND kind = 'IN' AND told_by = 'O')        AS tips_of_inability,
  min(received_on) FILTER (worked_on IS NULL AND kind = 'IN' AND told_by = 'O') AS inability_tip_on,
  string_agg(src, ';' ORDER BY src)                                            AS tips_src
FROM told
GROUP BY case_id
