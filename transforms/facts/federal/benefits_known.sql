-- One row per person who owes in a case: what partners say of their benefits, of prison, death and family violence,
-- beside the one reading of it that every remedy goes by, and what of it the caseload does not say yet.
SELECT
  guards.person_id                                                                  AS subject_id,
  CAST(NULL AS VARCHAR)                                                             AS case_id,
  guards.person_id,
  cases.office,
  cases.worker,
  told.receives_ssi                                                                 AS receives_ssi_match,
  identity.receives_ssi,
  told.ssi_eligible_since_on,
  told.receives_title_ii                                                            AS receives_title_ii_match,
  -- A claim that is paid and does not say what for may be one for disability.
  CASE WHEN told.receives_title_ii THEN told.is_disability ELSE told.receives_title_ii END AS receives_ssdi_match,
  CASE WHEN told.receives_title_ii THEN told.monthly_cents END                      AS title_ii_monthly_cents,
  told.receives_ssi AND told.receives_title_ii                                      AS receives_both_titles,
  told.pending_kind                                                                 AS title_ii_pending_kind,
  told.is_in_prison                                                                 AS in_prison_match,
  identity.is_in_prison                                                             AS in_prison,
  told.confined_on,
  told.release_on,
  told.died_on                                                                      AS died_match_on,
  -- What the caseload does not say yet.
  told.receives_ssi AND persons.receives_ssi IS DISTINCT FROM true                  AS ssi_is_news,
  told.is_in_prison AND persons.in_prison IS DISTINCT FROM true                     AS prison_is_news,
  (told.died_on IS NOT NULL OR told.is_dead) AND persons.died_on IS NULL             AS death_is_news,
  told.has_family_violence AND persons.family_violence IS DISTINCT FROM true        AS violence_is_news,
  told.benefits_checked_on,
  told.prison_checked_on,
  guards.person_src,
  told.ssi_src,
  told.title_ii_src,
  told.prison_src,
  told.report_src
FROM facts.person_guards AS guards
JOIN caseload.cases AS cases ON cases.case_id = guards.first_case_id
LEFT JOIN caseload.persons AS persons ON persons.person_id = guards.person_id
LEFT JOIN facts.person_reports AS told ON told.person_id = guards.person_id
LEFT JOIN facts.identity AS identity ON identity.person_id = guards.person_id
