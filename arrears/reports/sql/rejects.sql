-- Acts sent through each queue beside the answers to them, of the relation `answer`.
WITH sent AS (
  SELECT queue, count(*) AS sent FROM ledger.published WHERE batch_no > 0 GROUP BY queue
)
SELECT
  answer.queue,
  answer.feed,
  answer.of,
  answer.answers,
  answer.rejected,
  coalesce((
    SELECT sum(sent) FROM sent WHERE list_contains(string_split(answer.queue, '/'), sent.queue)), 0) AS sent
FROM answer
ORDER BY answer.queue, answer.feed
