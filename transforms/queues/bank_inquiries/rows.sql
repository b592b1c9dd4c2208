-- One row per parent: whom banks look for among their accounts. They pass our own numbers back.
SELECT
  'I'                                           AS record_type,
  plain(person.last_name)                       AS last_name,
  plain(person.first_name)                      AS first_name,
  item.person_id                                AS case_id,
  partner.fips,
  person.person_token,
  [item.action_id]                              AS action_ids,
  coalesce(item.amount_cents, 0)                AS amount_cents,
  false                                         AS is_withdrawal,
  CAST(to_json({'asked_on': $as_of}) AS VARCHAR) AS carry
FROM item
JOIN known_persons AS person USING (person_id)
CROSS JOIN partner
ORDER BY case_id
