-- One row per referral: what the other state is asked to enforce.
SELECT
  'D'                                                               AS record_type,
  CASE item.message WHEN 'refer' THEN 'R' WHEN 'ask_review' THEN 'A' ELSE 'W' END AS action,
  item.episode_id                                                   AS reference,
  $as_of                                                            AS acted_on,
  item.case_id,
  -- A review is asked of the state that made the order, wherever the parent lives.
  CASE item.message WHEN 'ask_review' THEN fact.order_state ELSE fact.other_state END AS to_state,
  trim(person.last_name)                                            AS last_name,
  trim(person.first_name)                                           AS first_name,
  trim(person.middle_name)                                          AS middle_name,
  trim(person.suffix)                                               AS suffix,
  fact.order_entered_on                                             AS order_on,
  fact.ordered_cents                                                AS ordered_amount,
  CASE WHEN item.message = 'refer' THEN item.amount_cents ELSE 0 END AS arrears,
  CASE WHEN item.message <> 'ask_review' THEN fact.papers_complete_on END AS papers_complete_on,
  CASE WHEN item.message = 'ask_review' THEN fact.review_asked_on END AS review_asked_on,
  CASE WHEN item.message <> 'withdraw' THEN fact.order_copies END   AS order_copies,
  [item.action_id]                                                  AS action_ids,
  coalesce(item.amount_cents, 0)                                    AS amount_cents,
  item.message = 'withdraw'                                         AS is_withdrawal,
  CAST(to_json({'to_state': CASE item.message WHEN 'ask_review' THEN fact.order_state
    ELSE fact.other_state END}) AS VARCHAR)                         AS carry
FROM item
JOIN facts.life_facts AS fact ON fact.case_id = item.case_id
JOIN known_persons AS person ON person.person_id = item.person_id
ORDER BY reference
