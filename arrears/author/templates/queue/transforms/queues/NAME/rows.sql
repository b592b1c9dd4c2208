-- One row per act: a report, or the word that takes it back and states no debt.
SELECT
  'D'                                                               AS record_type,
  CASE item.message WHEN 'withdraw' THEN 'W' ELSE 'R' END           AS action,
  item.case_id,
  plain(person.last_name)                                           AS last_name,
  plain(person.first_name)                                          AS first_name,
  CASE item.message WHEN 'withdraw' THEN 0 ELSE item.amount_cents END AS owed,
  [item.action_id]                                                  AS action_ids,
  item.amount_cents,
  item.message = 'withdraw'                                         AS is_withdrawal,
  NULL                                                              AS carry
FROM item
JOIN caseload.persons AS person USING (person_id)
