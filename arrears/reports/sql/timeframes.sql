-- Every deadline of the night over every subject: in time, late, overdue, near, running, not known.
SELECT
  deadline,
  count(*) FILTER (status = 'met' AND met_on <= ends_on) AS in_time,
  count(*) FILTER (status = 'met' AND met_on > ends_on) AS late,
  count(*) FILTER (status = 'overdue') AS overdue,
  count(*) FILTER (status = 'due_soon') AS due_soon,
  count(*) FILTER (status = 'running') AS running,
  count(*) FILTER (status = 'unknown' OR (status = 'met' AND ends_on IS NULL)) AS unknown
FROM plan.deadlines
GROUP BY deadline
