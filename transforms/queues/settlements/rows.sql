-- One row per message to a payer: a lien, an order, a new amount, or its release.
WITH
heard AS (
  -- The number (its token) under which the claim was made.
  SELECT
    subject_id,
    arg_max(TRY_CAST(carry AS JSON) ->> 'person_token', (published_on, coalesce(batch_no, 0))) AS person_token,
    arg_max(TRY_CAST(carry AS JSON), (published_on, coalesce(batch_no, 0))) AS words
  FROM published
  WHERE queue = 'settlements' AND message = 'lien'
  GROUP BY subject_id
),
-- What is let go is let go as it was claimed, although the parent owes in no case any more.
named AS (
  SELECT
    item.subject_id,
    coalesce(claim.claim_number, heard.words ->> 'claim_number')        AS claim_number,
    coalesce(claim.claim_kind, heard.words ->> 'claim_kind')            AS claim_kind,
    coalesce(claim.payer_id, heard.words ->> 'payer_id')                AS payer_id,
    coalesce(claim.payer_name, heard.words ->> 'payer_name')            AS payer_name,
    coalesce(claim.payer_line_1, heard.words ->> 'payer_line_1')        AS payer_line_1,
    coalesce(claim.payer_city, heard.words ->> 'payer_city')            AS payer_city,
    coalesce(claim.payer_state, heard.words ->> 'payer_state')          AS payer_state,
    coalesce(claim.payer_zip, heard.words ->> 'payer_zip')              AS payer_zip,
    claim.let_go_cents
  FROM (SELECT DISTINCT subject_id FROM item) AS item
  LEFT JOIN facts.lump_sum_facts AS claim USING (subject_id)
  LEFT JOIN heard USING (subject_id)
)
SELECT
  'D'                                                                   AS record_type,
  upper(item.message)                                                   AS action,
  item.action_id                                                        AS reference,
  $as_of                                                                AS action_on,
  plain(claim.claim_number)                                             AS claim_number,
  upper(claim.claim_kind)                                               AS claim_kind,
  claim.payer_id,
  plain(claim.payer_name)                                               AS payer_name,
  plain(claim.payer_line_1)                                             AS payer_street,
  plain(claim.payer_city)                                               AS payer_city,
  claim.payer_state,
  claim.payer_zip,
  plain(person.last_name)                                               AS claimant_last_name,
  plain(person.first_name)                                              AS claimant_first_name,
  person.birth_on                                                       AS claimant_birth_on,
  CASE WHEN item.message = 'release' THEN 0 ELSE item.amount_cents END  AS amount,
  coalesce(claim.let_go_cents, 0)                                       AS left_to_others,
  CASE WHEN item.message = 'lien' THEN person.person_token ELSE coalesce(heard.person_token, person.person_token) END
                                                                        AS person_token,
  [item.action_id]                                                      AS action_ids,
  item.amount_cents,
  item.message = 'release' OR (item.message = 'change' AND item.amount_cents = 0) AS is_withdrawal,
  CAST(to_json({
    'person_token': person.person_token,
    'claimed_cents': item.amount_cents,
    'claim_number': claim.claim_number,
    'claim_kind': claim.claim_kind,
    'payer_id': claim.payer_id,
    'payer_name': claim.payer_name,
    'payer_line_1': claim.payer_line_1,
    'payer_city': claim.payer_city,
    'payer_state': claim.payer_state,
    'payer_zip': claim.payer_zip
  }) AS VARCHAR)                                                        AS carry
FROM item
JOIN named AS claim USING (subject_id)
JOIN known_persons AS person ON person.person_id = item.person_id
LEFT JOIN heard USING (subject_id)
ORDER BY reference
