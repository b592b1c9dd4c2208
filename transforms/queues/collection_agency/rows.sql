-- One row per placement: placed, changed or recalled.
SELECT
  'D'                                                               AS record_type,
  CASE item.message WHEN 'place' THEN 'P' WHEN 'change' THEN 'C' ELSE 'R' END AS action,
  item.episode_id                                                   AS reference,
  $as_of                                                            AS acted_on,
  item.case_id,
  trim(person.last_name)                                            AS last_name,
  trim(person.first_name)                                           AS first_name,
  trim(person.middle_name)                                          AS middle_name,
  trim(person.suffix)                                               AS suffix,
  trim(address.line_1)                                              AS address_line_1,
  trim(address.line_2)                                              AS address_line_2,
  trim(address.city)                                                AS city,
  address.state,
  address.zip,
  CASE WHEN item.message = 'recall' THEN 0 ELSE item.amount_cents END AS amount,
  address.is_withheld                                               AS location_is_withheld,
  [item.action_id]                                                  AS action_ids,
  item.amount_cents,
  item.message = 'recall'                                           AS is_withdrawal,
  CAST(to_json({'placed_cents': item.amount_cents}) AS VARCHAR)     AS carry
FROM item
JOIN known_persons AS person USING (person_id)
JOIN address USING (person_id)
ORDER BY reference
