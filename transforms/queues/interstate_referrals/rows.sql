-- One row per referral: what the other state is asked to enforce.
SELECT
  'D'                                                               AS record_type,
  CASE item.message WHEN 'refer' THEN 'R' ELSE 'W' END              AS action,
  item.episode_id                                                   AS reference,
  $as_of                                                            AS acted_on,
  item.case_id,
  fact.other_state                                                  AS to_state,
  trim(person.last_name)                                            AS last_name,
  trim(person.first_name)                                           AS first_name,
  trim(person.middle_name)                                          AS middle_name,
  trim(person.suffix)                                               AS suffix,
  fact.order_entered_on                                             AS order_on,
  fact.ordered_cents                                                AS ordered_amount,
  CASE WHEN item.message = 'refer' THEN item.amount_cents ELSE 0 END AS arrears,
  fact.papers_complete_on,
  [item.action_id]                                                  AS action_ids,
  item.amount_cents,
  item.message = 'withdraw'                                         AS is_withdrawal,
  CAST(to_json({'to_state': fact.other_state}) AS VARCHAR)          AS carry
FROM item
JOIN facts.life_facts AS fact ON fact.case_id = item.case_id
JOIN caseload.persons AS person ON person.person_id = item.person_id
ORDER BY reference
