-- One row per case: Medicaid of the family, whether its rights to medical support are the state's, the health cover of
-- which the Medicaid agency has to hear; and what the agencies that help the family told and the caseload does not hold.
WITH
-- A referral is about the case that it names where the parent with custody of that case is who it is about.
referred AS (
  SELECT
    cases.case_id,
    told.from_on,
    told.to_on,
    told.rights_assigned,
    told.source_file,
    told.source_line
  FROM staging.medicaid_referrals AS told
  JOIN match.links AS links
    ON links.feed = 'medicaid_referrals' AND links.source_file = told.source_file AND links.source_line = told.source_line
  JOIN caseload.cases AS cases ON cases.case_id = told.case_number AND cases.custodial_id = links.person_id
  WHERE told.told_on <= $as_of
  -- The last word on a child's spell stands.
  QUALIFY row_number() OVER (
    PARTITION BY cases.case_id, told.child_id, told.from_on
    ORDER BY told.told_on DESC, told.source_file DESC, told.source_line DESC) = 1
),
granted AS (
  SELECT
    cases.case_id,
    arg_max({'event': told.event, 'on': coalesce(told.to_on, told.from_on), 'cents': told.monthly_cents,
      'src': 'assistance_referrals.assistance_referrals@' || told.source_file || ':' || told.source_line},
      (told.told_on, told.from_on, told.source_file, told.source_line))          AS last
  FROM staging.assistance_referrals AS told
  JOIN match.links AS links
    ON links.feed = 'assistance_referrals' AND links.source_file = told.source_file AND links.source_line = told.source_line
  JOIN caseload.cases AS cases ON cases.case_id = told.case_number AND cases.custodial_id = links.person_id
  WHERE told.event IN ('grant', 'grant_ended') AND told.told_on <= $as_of AND told.from_on <= $as_of
    AND coalesce(told.to_on < $as_of, true)
  GROUP BY cases.case_id
),
own_stay AS (
  SELECT DISTINCT case_id
  FROM caseload.stays
  WHERE kind = 'good_cause' AND from_on <= $as_of AND coalesce(to_on >= $as_of, true)
),
spell AS (
  SELECT
    case_id,
    bool_or(to_on IS NULL OR to_on >= $as_of)                                    AS is_on,
    bool_or(rights_assigned)                                                     AS is_assigned,
    bool_or(rights_assigned IS NULL)                                             AS is_incomplete,
    max(cover_told_on)                                                           AS cover_told_on,
    coalesce(bool_or(to_on IS NULL OR to_on >= $as_of) FILTER (is_ours), false)  AS is_on_file,
    string_agg(source || source_file || ':' || source_line, ';' ORDER BY source_file, source_line) AS src
  FROM (
    SELECT case_id, from_on, to_on, rights_assigned, cover_told_on, true AS is_ours, source_file, source_line,
      'caseload.medicaid@' AS source
    FROM caseload.medicaid
    UNION ALL BY NAME
    SELECT *, false AS is_ours, 'medicaid_referrals.medicaid_referrals@' AS source FROM referred
  )
  WHERE from_on <= $as_of
  GROUP BY case_id
),
cover AS (
  SELECT case_id, bool_or(health_cover_ordered AND health_cover_provided)        AS is_provided
  FROM caseload.orders
  WHERE status = 'active'
  GROUP BY case_id
)
SELECT
  fresh.case_id,
  CASE WHEN spell.is_on THEN true WHEN fresh.medicaid THEN false END             AS family_gets_medicaid,
  CASE WHEN spell.is_assigned THEN true WHEN fresh.medicaid AND spell.is_incomplete IS NOT TRUE THEN false END
                                                                                 AS medical_support_is_assigned,
  coalesce(cover.is_provided, false) AND spell.is_on IS TRUE AND spell.is_assigned IS TRUE
    AND spell.cover_told_on IS NULL                                              AS medicaid_needs_cover,
  coalesce(spell.is_on AND NOT spell.is_on_file, false)                          AS medicaid_is_news,
  spell.src                                                                      AS medicaid_src,
  granted.last.event                                                             AS assistance_told,
  granted.last.on                                                                AS assistance_told_on,
  granted.last.cents                                                             AS assistance_monthly_cents,
  coalesce(CASE granted.last.event
    WHEN 'grant' THEN cases.case_class <> 'current_assistance'
    ELSE cases.case_class = 'current_assistance'
  END, false)                                                                    AS assistance_is_news,
  granted.last.src                                                               AS assistance_src,
  coalesce(stays.has_good_cause, false) AND own_stay.case_id IS NULL             AS good_cause_is_news
FROM facts.life_fresh AS fresh
JOIN caseload.cases AS cases USING (case_id)
LEFT JOIN spell USING (case_id)
LEFT JOIN cover USING (case_id)
LEFT JOIN granted USING (case_id)
LEFT JOIN facts.stays AS stays USING (case_id)
LEFT JOIN own_stay USING (case_id)
