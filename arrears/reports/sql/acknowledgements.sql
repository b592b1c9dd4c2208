-- Answers of the partners to what each queue sent, and how many of them did not take it.
SELECT
  queue,
  'acknowledgements' AS feed,
  count(*) AS answers,
  count(*) FILTER (result <> 'accepted') AS rejected,
  'answers' AS of
FROM ledger.acknowledgements
GROUP BY queue
