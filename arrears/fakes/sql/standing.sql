-- The cases whose debt has stood for long: since when a remedy was open to them, and what they owe.
WITH owed AS (
  SELECT CAST(case_id AS BIGINT) AS i, sum(past_due_cents) AS owed_cents,
    sum(past_due_cents) FILTER (is_assigned = 'Y') AS assigned_cents,
    sum(past_due_cents) FILTER (is_assigned = 'N') AS unassigned_cents
  FROM balances_now GROUP BY 1
),
-- Whom a running agency had told nobody of: whatever stops every remedy, or those that wait for a final debt.
silent AS (
  SELECT CAST(case_id AS BIGINT) AS i FROM v.cases
  WHERE $told_unserved > 0 AND (status <> 'open' OR service_level <> 'full')
  UNION SELECT CAST(case_id AS BIGINT) FROM v.stays WHERE $told_unserved > 0 AND case_id IS NOT NULL
  UNION SELECT i FROM errors WHERE kind = 'one number for two'
),
stopped AS (
  SELECT CAST(case_id AS BIGINT) AS i FROM v.hearings
  WHERE $told_unserved > 0 AND coalesce(decision, '') NOT IN ('upheld', 'withdrawn')
  UNION
  SELECT bulk.i FROM bulk JOIN v.stays AS stays ON stays.person_id = person_of(obligor_p) WHERE $told_unserved > 0
)
SELECT bulk.i, obligor_p, case_of(bulk.i) AS case_id, person_of(obligor_p) AS person_id,
  coalesce(noticed.ended_on, first_due_on) + 45 AS open_on, coalesce(noticed.sent_on, first_due_on) - 30 AS delinquent_on,
  coalesce(noticed.status = 'served' AND ended_on + $known_served < $first_night, false) AS is_served,
  bulk.i IN (SELECT i FROM stopped) AS is_stopped,
  bulk.i IN (SELECT CAST(case_id AS BIGINT) FROM v.cases WHERE $told_unserved > 0 AND interstate = 'responding')
    AS is_responding, is_assisted, stopped_on, has_license, owed.* EXCLUDE (i)
FROM bulk JOIN owed USING (i)
LEFT JOIN (SELECT i, ended_on, sent_on, status FROM noticed) AS noticed USING (i)
WHERE owed_cents > 0 AND NOT is_dead AND (NOT is_assisted OR $told_unserved > 0) AND ssn_verified = 'Y'
  AND bulk.i NOT IN (SELECT i FROM silent)
  AND ($told_unserved > 0 OR (noticed.status = 'served' AND ended_on + $known_served < $first_night))
  AND ($told_several > 0 OR obligor_p NOT IN (SELECT obligor_p FROM bulk WHERE obligor_i <> i))
