-- The letter before a federal offset, of each that was certified.
SELECT 'F' || case_id AS notice_id, case_id, person_id, 'federal_offset' AS about,
  sum(amount_cents) AS debt_cents, min(sent_on) - 40 AS sent_on, 'sent' AS status,
  min(known_on) AS known_on
FROM v.sent
WHERE remedy = 'federal_tax_offset'
  AND case_id NOT IN (SELECT case_id FROM v.notices WHERE about = 'federal_offset')
GROUP BY case_id, person_id
