-- One row per lien, judgment or warrant on record that is not released: until when it holds, and whether its
-- renewal is due. Whether the register shows one that we do not know, nobody can say; what is known counts.
SELECT
  liens.lien_id                                                                   AS subject_id,
  liens.case_id,
  liens.person_id,
  person.office,
  person.worker,
  liens.kind                                                                      AS lien_kind,
  liens.asset_id,
  liens.place                                                                     AS lien_place,
  liens.recorded_on,
  liens.expires_on,
  CAST(liens.expires_on - CAST($renew_before_days AS INTEGER) AS DATE)            AS renewal_opens_on,
  CASE WHEN liens.renewed_on <= $as_of THEN liens.renewed_on END                  AS renewed_on,
  coalesce(liens.renewed_on <= $as_of, false)                                     AS is_renewed,
  liens.expires_on < $as_of AND NOT coalesce(liens.renewed_on <= $as_of, false)   AS has_lapsed,
  liens.expires_on >= $as_of AND $as_of >= CAST(liens.expires_on - CAST($renew_before_days AS INTEGER) AS DATE)
    AND NOT coalesce(liens.renewed_on <= $as_of, false)                           AS renewal_is_due,
  liens.amount_cents                                                              AS stated_cents,
  person.owed_cents,
  person.owed_cents > 0                                                           AS owes_support,
  'caseload.liens@' || liens.source_file || ':' || liens.source_line              AS lien_src,
  person.past_due_src
FROM caseload.liens AS liens
JOIN facts.asset_people AS person USING (person_id)
WHERE liens.recorded_on <= $as_of AND coalesce(liens.released_on > $as_of, true)
