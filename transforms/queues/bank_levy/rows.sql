-- One row per message to an institution about an account: hold, lower, deliver or let go.
WITH
heard AS (
  -- What the order said: the account as it was named, although no match tells it any longer.
  SELECT
    subject_id,
    arg_max(TRY_CAST(carry AS JSON) ->> 'reference', (published_on, coalesce(batch_no, 0))) AS reference,
    arg_max(TRY_CAST(carry AS JSON) ->> 'person_token', (published_on, coalesce(batch_no, 0))) AS person_token,
    arg_max(TRY_CAST(carry AS JSON), (published_on, coalesce(batch_no, 0)))         AS words
  FROM published
  WHERE queue = 'bank_levy' AND message = 'order'
  GROUP BY subject_id
),
said AS (
  SELECT
    item.*,
    CASE WHEN item.message = 'order' THEN item.action_id ELSE heard.reference END   AS order_reference,
    heard.person_token                                                              AS heard_token,
    heard.words,
    item.message = 'release'                                                        AS is_withdrawal
  FROM item
  LEFT JOIN heard USING (subject_id)
),
named AS (
  SELECT
    said.subject_id,
    account.* EXCLUDE (subject_id, institution_tin, institution_name, institution_street, institution_city,
      institution_state, institution_zip, account_token, account_last4),
    coalesce(account.institution_tin, said.words ->> 'institution_tin')             AS institution_tin,
    coalesce(account.institution_name, said.words ->> 'institution_name')           AS institution_name,
    coalesce(account.institution_street, said.words ->> 'institution_street')       AS institution_street,
    coalesce(account.institution_city, said.words ->> 'institution_city')           AS institution_city,
    coalesce(account.institution_state, said.words ->> 'institution_state')         AS institution_state,
    coalesce(account.institution_zip, said.words ->> 'institution_zip')             AS institution_zip,
    -- An order is changed, called in and let go under the number that it named.
    CASE WHEN said.is_order THEN account.account_token
      ELSE coalesce(said.words ->> 'account_token', account.account_token) END      AS account_token,
    CASE WHEN said.is_order THEN account.account_last4
      ELSE coalesce(said.words ->> 'account_last4', account.account_last4) END      AS account_last4
  FROM (
    SELECT subject_id, any_value(words) AS words, bool_or(message = 'order') AS is_order
    FROM said
    GROUP BY subject_id
  ) AS said
  LEFT JOIN facts.account_facts AS account USING (subject_id)
)
SELECT
  'D'                                                                   AS record_type,
  upper(said.message)                                                   AS action,
  said.action_id                                                        AS reference,
  said.order_reference,
  $as_of                                                                AS action_on,
  account.institution_tin,
  plain(account.institution_name)                                       AS institution_name,
  plain(account.institution_street)                                     AS institution_street,
  plain(account.institution_city)                                       AS institution_city,
  account.institution_state,
  account.institution_zip,
  plain(person.last_name)                                               AS owner_last_name,
  plain(person.first_name)                                              AS owner_first_name,
  CASE WHEN said.is_withdrawal THEN 0 ELSE said.amount_cents END        AS amount,
  CASE WHEN said.message = 'order' THEN $answer_days END                AS answer_days,
  CASE WHEN said.message = 'order' THEN $delivery_after_days END        AS delivery_after_days,
  CASE
    WHEN said.message = 'order' AND $attach_right_to_garnish AND account.has_benefit_check
      AND len(account.benefits_found) = 0 THEN 'Y'
    ELSE 'N'
  END                                                                   AS right_to_garnish,
  CASE
    WHEN NOT said.is_withdrawal THEN NULL
    WHEN account.exemption_is_proven THEN 'EXEMPT'
    WHEN account.owed_cents IS NULL AND account.has_open_case IS NULL THEN 'PERSON'
    WHEN account.identity_has_failed OR account.bank_names_another_person THEN 'PERSON'
    WHEN account.levy_hearing_is_won THEN 'HEARING'
    WHEN account.bankruptcy_is_open THEN 'BANKRUPTCY'
    WHEN account.owed_cents = 0 THEN 'PAID'
    WHEN account.levy_is_delivered OR account.account_is_closed OR account.account_is_renumbered THEN 'DONE'
    WHEN NOT account.has_open_case THEN 'CLOSED'
  END                                                                   AS release_reason,
  CASE WHEN said.message = 'order' THEN person.person_token ELSE coalesce(said.heard_token, person.person_token) END
                                                                        AS person_token,
  account.account_token,
  [said.action_id]                                                      AS action_ids,
  said.amount_cents,
  said.is_withdrawal,
  CAST(to_json({
    'reference': said.order_reference,
    'person_token': person.person_token,
    'account_token': account.account_token,
    'account_last4': account.account_last4,
    'account_kind': account.account_kind,
    'matched_on': account.matched_on,
    'institution_tin': account.institution_tin,
    'institution_name': account.institution_name,
    'institution_street': account.institution_street,
    'institution_city': account.institution_city,
    'institution_state': account.institution_state,
    'institution_zip': account.institution_zip
  }) AS VARCHAR)                                                        AS carry
FROM said
-- What is let go is let go as it was ordered, although the parent owes in no case any more.
LEFT JOIN named AS account USING (subject_id)
JOIN known_persons AS person ON person.person_id = said.person_id
ORDER BY reference
