-- One row per parent: of whom what payers filed is asked for. The answer names them by our own number.
SELECT
  partner.submitting_state,
  item.person_id                                AS case_id,
  plain(person.last_name)                       AS last_name,
  plain(person.first_name)                      AS first_name,
  person.person_token,
  [item.action_id]                              AS action_ids,
  coalesce(item.amount_cents, 0)                AS amount_cents,
  false                                         AS is_withdrawal,
  CAST(to_json({'asked_on': $as_of}) AS VARCHAR) AS carry
FROM item
JOIN known_persons AS person USING (person_id)
CROSS JOIN partner
ORDER BY case_id
