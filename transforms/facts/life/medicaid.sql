-- One row per case: Medicaid of the family, whether its rights to medical support are the state's, and the health cover
-- of which the Medicaid agency has to hear.
WITH
spell AS (
  SELECT
    case_id,
    bool_or(to_on IS NULL OR to_on >= $as_of)                                    AS is_on,
    bool_or(rights_assigned)                                                     AS is_assigned,
    bool_or(rights_assigned IS NULL)                                             AS is_incomplete,
    max(cover_told_on)                                                           AS cover_told_on,
    string_agg('caseload.medicaid@' || source_file || ':' || source_line, ';'
      ORDER BY source_file, source_line)                                         AS src
  FROM caseload.medicaid
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
  spell.src                                                                      AS medicaid_src
FROM facts.life_fresh AS fresh
LEFT JOIN spell USING (case_id)
LEFT JOIN cover USING (case_id)
