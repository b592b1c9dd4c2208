-- One row per notice: who is told what he owes, and by when he may ask to be heard.
SELECT
  'D'                                           AS record_type,
  notice.notice_kind,
  item.action_id                                AS reference,
  $as_of                                        AS notice_on,
  item.case_id,
  item.person_id,
  item.office,
  trim(person.last_name)                        AS last_name,
  trim(person.first_name)                       AS first_name,
  trim(person.middle_name)                      AS middle_name,
  trim(person.suffix)                           AS suffix,
  trim(address.line_1)                          AS address_line_1,
  trim(address.line_2)                          AS address_line_2,
  trim(address.city)                            AS city,
  address.state,
  address.zip,
  item.amount_cents                             AS amount,
  CASE notice.notice_kind
    WHEN 'notice_of_debt' THEN $debt_challenge_days
    WHEN 'license_revocation' THEN $license_hearing_days
    WHEN 'federal_offset' THEN $offset_contest_days
  END                                           AS respond_days,
  notice.respond_from,
  notice.hearing_text,
  address.is_withheld                           AS location_is_withheld,
  [item.action_id]                              AS action_ids,
  item.amount_cents,
  false                                         AS is_withdrawal,
  CAST(to_json({'notice_on': $as_of, 'debt_cents': item.amount_cents}) AS VARCHAR) AS carry
FROM item
JOIN notice ON notice.notice_kind = item.message
JOIN caseload.persons AS person USING (person_id)
JOIN address USING (person_id)
ORDER BY reference
