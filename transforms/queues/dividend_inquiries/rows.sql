-- One row per parent: whom Alaska looks for among those who applied for the dividend.
SELECT
  partner.state_fips,
  '000'                                         AS county,
  item.person_id                                AS person_number,
  plain(person.last_name)                       AS last_name,
  plain(person.first_name)                      AS first_name,
  person.birth_on                               AS date_of_birth,
  person.person_token,
  [item.action_id]                              AS action_ids,
  coalesce(item.amount_cents, 0)                AS amount_cents,
  false                                         AS is_withdrawal,
  CAST(to_json({'asked_on': $as_of}) AS VARCHAR) AS carry
FROM item
JOIN known_persons AS person USING (person_id)
CROSS JOIN partner
ORDER BY person_number
