-- The rows that a queue made, of the relation `made`, each with what its acts come to.
SELECT made.*, coalesce(summed.acts_cents, 0) AS acts_cents
FROM made
LEFT JOIN (
  SELECT record_no, CAST(sum(item.amount_cents) AS BIGINT) AS acts_cents
  FROM (SELECT record_no, unnest(action_ids) AS action_id FROM made)
  JOIN item USING (action_id)
  GROUP BY record_no
) AS summed USING (record_no)
