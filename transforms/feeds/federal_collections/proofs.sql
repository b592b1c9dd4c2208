-- What the total record counts and nets: a record is an adjustment where it takes money back, else a collection.
SELECT 'adjustment records' AS what, CAST(total.adjustment_count AS BIGINT) AS told,
  (SELECT count(*) FROM typed_collection WHERE adjustment_amount <> 0) AS found
FROM total
UNION ALL
SELECT 'collection records', CAST(total.collection_count AS BIGINT),
  (SELECT count(*) FROM typed_collection WHERE coalesce(adjustment_amount, 0) = 0)
FROM total
UNION ALL
-- An adjustment is told with its sign by some systems and without by others: it is money taken back either way.
SELECT 'cents net', total.net_amount, total.collection_amount - abs(total.adjustment_amount)
FROM total
