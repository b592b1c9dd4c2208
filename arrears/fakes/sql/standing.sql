-- The cases whose debt has stood for long: since when a remedy was open to them, and what they owe.
SELECT i, obligor_p, case_of(i) AS case_id, person_of(obligor_p) AS person_id,
  noticed.ended_on + 45 AS open_on, noticed.sent_on - 30 AS delinquent_on,
  stopped_on, has_license, balance.*
FROM bulk JOIN (SELECT i, ended_on, sent_on, status FROM noticed) AS noticed USING (i)
JOIN (SELECT CAST(case_id AS BIGINT) AS i, sum(past_due_cents) AS owed_cents,
        sum(past_due_cents) FILTER (is_assigned = 'Y') AS assigned_cents,
        sum(past_due_cents) FILTER (is_assigned = 'N') AS unassigned_cents
      FROM balances_now GROUP BY 1) AS balance USING (i)
WHERE noticed.status = 'served' AND ended_on + 60 < $first_night AND NOT is_dead
  AND NOT is_assisted AND ssn_verified = 'Y'
  AND obligor_p NOT IN (SELECT obligor_p FROM bulk WHERE obligor_i <> i)
