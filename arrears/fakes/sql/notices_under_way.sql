-- Notices of debt that are on their way.
SELECT 'W' || case_id AS notice_id, case_id, obligor_id AS person_id, 'notice_of_debt' AS about,
  owed_cents AS debt_cents, $first_night - 12 AS sent_on, 'sent' AS status,
  $known_on AS known_on
FROM (SELECT case_id, sum(past_due_cents) AS owed_cents FROM balances_now GROUP BY case_id) AS owed
JOIN v.cases AS cases USING (case_id) JOIN bulk ON case_of(i) = case_id
WHERE owed_cents > 0 AND dice('noticed before', i, 100) < $share
  AND case_id NOT IN (SELECT case_id FROM v.notices WHERE about = 'notice_of_debt')
