-- One row per letter: the parent of the case who has custody, and what the letter must say. Whoever the act is about
-- is not read: the reader is always the custodial parent.
SELECT
  'D'                                           AS record_type,
  letter.letter_kind,
  item.action_id                                AS reference,
  $as_of                                        AS letter_on,
  item.case_id,
  reader.person_id,
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
  CASE letter.states_amount WHEN 'Y' THEN coalesce(item.amount_cents, 0) ELSE 0 END AS amount,
  CASE letter.letter_kind
    WHEN 'closure_60_days' THEN $closure_notice_days
  END                                           AS respond_days,
  letter.letter_text,
  address.is_withheld                           AS location_is_withheld,
  [item.action_id]                              AS action_ids,
  coalesce(item.amount_cents, 0)                AS amount_cents,
  false                                         AS is_withdrawal,
  CAST(to_json({'letter_on': $as_of}) AS VARCHAR) AS carry
FROM item
JOIN letter ON letter.letter_kind = item.message
JOIN facts.custodial_parents AS reader ON reader.case_id = item.case_id
JOIN caseload.persons AS person ON person.person_id = reader.person_id
JOIN address ON address.person_id = reader.person_id
ORDER BY reference
