-- Letters before a state refund is claimed, where no notice of debt is one: most had theirs.
SELECT 'T' || case_id AS notice_id, case_id, obligor_id AS person_id, 'state_offset' AS about,
  owed_cents AS debt_cents, $first_night - 60 AS sent_on, 'sent' AS status,
  $known_on AS known_on
FROM (SELECT case_id, sum(past_due_cents) AS owed_cents FROM balances_now GROUP BY case_id) AS owed
JOIN v.cases AS cases USING (case_id)
WHERE owed_cents > 0 AND dice('told of refunds', CAST(case_id AS BIGINT), 100) < $share
