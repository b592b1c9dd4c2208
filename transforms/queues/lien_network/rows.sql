-- One row per parent: what a payer may have to withhold.
WITH
heard AS (
  -- The number (its token) under which they were listed: what is taken back stands under it.
  SELECT
    subject_id,
    arg_max(TRY_CAST(carry AS JSON) ->> 'person_token', (published_on, coalesce(batch_no, 0))) AS person_token
  FROM published
  WHERE queue = 'lien_network' AND (TRY_CAST(carry AS JSON) ->> 'person_token') IS NOT NULL
  GROUP BY subject_id
),
debt AS (
  SELECT
    item.*,
    item.message = 'withdraw' OR whole_dollars(item.amount_cents) = 0          AS is_withdrawal,
    CASE WHEN item.message <> 'list' THEN heard.person_token END               AS heard_token
  FROM item
  LEFT JOIN heard USING (subject_id)
)
SELECT
  '01'                                                                         AS record_type,
  plain(person.last_name)                                                      AS last_name,
  plain(person.first_name)                                                     AS first_name,
  substr(plain(person.middle_name), 1, 1)                                      AS middle_initial,
  plain(person.suffix)                                                         AS suffix,
  strftime(person.birth_on, '%Y-%m-%d')                                        AS date_of_birth,
  CASE WHEN debt.is_withdrawal THEN 0 ELSE whole_dollars(debt.amount_cents) END AS arrears_balance,
  strftime($as_of, '%Y-%m-%d')                                                 AS arrears_as_of,
  debt.person_id                                                               AS person_number,
  coalesce(debt.heard_token, person.person_token)                              AS person_token,
  [debt.action_id]                                                             AS action_ids,
  debt.amount_cents,
  debt.is_withdrawal,
  CAST(to_json({
    'person_token': coalesce(debt.heard_token, person.person_token),
    'last_reported_dollars': CASE WHEN debt.is_withdrawal THEN 0 ELSE whole_dollars(debt.amount_cents) END
  }) AS VARCHAR)                                                               AS carry
FROM debt
JOIN known_persons AS person USING (person_id)
ORDER BY person_number
