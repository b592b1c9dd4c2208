-- One row per line of a partner's file that is certainly about one person of the caseload. Only the number
-- together with the name is certain enough to act on without a person; the tax agency answers by our own
-- person number, which is exact by itself.
SELECT
  feed,
  source_file,
  source_line,
  person_id,
  'exact'                                AS tier,
  'number and name agree'                AS reason
FROM match.pairs
WHERE number_agrees AND name_agrees
  AND NOT number_is_shared AND NOT person_number_contradicts AND NOT birth_date_contradicts
UNION ALL
-- The compensation agency is given our own person numbers and no other, and answers by them.
SELECT
  feed,
  source_file,
  source_line,
  person_id,
  'exact',
  'our own person number and name agree'
FROM match.pairs
WHERE feed = 'workers_comp_claims' AND name_agrees
UNION ALL
SELECT
  'state_tax_refunds',
  refunds.source_file,
  refunds.source_line,
  refunds.person_id,
  'exact',
  'our own person number'
FROM staging.state_tax_refunds AS refunds
JOIN match.people AS people USING (person_id)
ORDER BY feed, source_file, source_line, person_id
