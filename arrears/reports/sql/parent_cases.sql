-- The cases in which a person owes and of which they may be told, as the portal tells them: not where they died, may be
-- the wrong person, or stand on both sides. What is owed is the portal's own column.
SELECT
  fact.case_id,
  fact.person_id,
  fact.past_due_cents,
  known.balances_through_on AS balance_on
FROM read_parquet($cases) AS fact
LEFT JOIN read_parquet($custodial) AS other ON other.case_id = fact.case_id
CROSS JOIN read_parquet($known) AS known
WHERE (fact.case_id = $who OR fact.person_id = $who)
  AND fact.person_id IS NOT NULL
  AND fact.case_is_open IS NOT FALSE
  AND fact.obligor_is_alive IS DISTINCT FROM false
  AND fact.identity_has_failed IS DISTINCT FROM true
  AND fact.person_id IS DISTINCT FROM other.person_id
ORDER BY fact.case_id
