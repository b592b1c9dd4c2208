-- One row per parent: the debt that may be withheld from a prize.
WITH
heard AS (
  -- The number (its token) under which the debt was told: what is taken back stands under it.
  SELECT
    subject_id,
    arg_max(TRY_CAST(carry AS JSON) ->> 'person_token', (published_on, coalesce(batch_no, 0))) AS person_token
  FROM published
  WHERE queue = 'gambling_registry' AND (TRY_CAST(carry AS JSON) ->> 'person_token') IS NOT NULL
  GROUP BY subject_id
),
debt AS (
  SELECT
    *,
    -- A debt that fell to nothing, such as one that is disputed, is taken out.
    message = 'remove' OR amount_cents = 0                      AS is_withdrawal
  FROM item
)
SELECT
  'D'                                                           AS record_type,
  CASE WHEN debt.is_withdrawal THEN 'REMOVE' ELSE upper(debt.message) END AS action,
  debt.person_id                                                AS person_number,
  plain(person.last_name)                                       AS last_name,
  plain(person.first_name)                                      AS first_name,
  person.birth_on                                               AS date_of_birth,
  CASE WHEN debt.is_withdrawal THEN 0 ELSE debt.amount_cents END AS amount,
  $transmit_days                                                AS transmit_days,
  $hearing_days                                                 AS hearing_days,
  CASE WHEN debt.message = 'add' THEN person.person_token ELSE coalesce(heard.person_token, person.person_token) END
                                                                AS person_token,
  [debt.action_id]                                              AS action_ids,
  debt.amount_cents,
  debt.is_withdrawal,
  CAST(to_json({
    'person_token': CASE WHEN debt.message = 'add' THEN person.person_token
      ELSE coalesce(heard.person_token, person.person_token) END,
    'last_reported_cents': CASE WHEN debt.is_withdrawal THEN 0 ELSE debt.amount_cents END
  }) AS VARCHAR)                                                AS carry
FROM debt
JOIN known_persons AS person USING (person_id)
LEFT JOIN heard USING (subject_id)
ORDER BY person_number
