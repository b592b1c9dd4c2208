-- Of each queue whose partner answers: what was sent, what became of it, and how long an answer takes.
SELECT
  queue,
  count(*) AS sent,
  count(*) FILTER (became = 'accepted') AS accepted,
  count(*) FILTER (became = 'rejected') AS rejected,
  count(*) FILTER (became = 'received') AS received,
  count(*) FILTER (became = 'waiting') AS waiting,
  count(*) FILTER (became = 'overdue') AS overdue,
  CAST(quantile_disc(date_diff('day', published_on, said_on), $half) AS INTEGER) AS median_days
FROM answered
GROUP BY queue
ORDER BY queue
