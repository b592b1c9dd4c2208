-- Acts sent through the queues of each feed in which partners answer, the answers to them, and how many are rejects.
WITH
sent_acts AS (
  SELECT queue, count(*) AS acts FROM ledger.published WHERE batch_no > 0 GROUP BY queue
),
told AS (
  SELECT feed, count(*) AS answers, count(*) FILTER (is_rejected) AS rejected FROM answer GROUP BY feed
)
SELECT
  answering.feed,
  any_value(answering.of) AS of,
  coalesce(any_value(told.answers), 0) AS answers,
  coalesce(any_value(told.rejected), 0) AS rejected,
  coalesce(sum(sent_acts.acts), 0) AS sent
FROM answering
LEFT JOIN told USING (feed)
LEFT JOIN sent_acts USING (queue)
GROUP BY answering.feed
ORDER BY answering.feed
