-- Cases and what they owe by how long the oldest unpaid installment has been due; `bar` counts the ends that lie below.
WITH aged AS (
  SELECT owed_cents, date_diff('day', oldest_unpaid_due_on, $as_of) AS days
  FROM facts.case_facts
  WHERE owed_cents > 0
)
SELECT
  len(list_filter($ends, lambda last: last < days)) AS bar,
  days IS NULL AS is_unknown,
  count(*) AS cases,
  CAST(sum(owed_cents) AS BIGINT) AS owed_cents
FROM aged
GROUP BY ALL
