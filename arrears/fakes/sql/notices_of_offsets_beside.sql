-- The same letter in the other cases of who was certified.
SELECT 'F' || standing.case_id AS notice_id, standing.case_id, standing.person_id, 'federal_offset' AS about,
  owed_cents AS debt_cents, told.sent_on, 'sent' AS status, $known_on AS known_on
FROM standing
JOIN (SELECT person_id, min(sent_on) AS sent_on FROM v.notices WHERE about = 'federal_offset' GROUP BY person_id) AS told
  USING (person_id)
WHERE standing.case_id NOT IN (SELECT case_id FROM v.notices WHERE about = 'federal_offset')
