-- One row: what became of a queue's acts. How many rows.sql gives twice, how many are none of tonight's; the records that
-- are fit with their acts and cents; and those that are not, in order.
WITH
given AS (SELECT record_no, unnest(action_ids) AS action_id FROM drafted),
fit AS (SELECT * FROM drafted ANTI JOIN refused USING (record_no))
SELECT
  (SELECT count(*) - count(DISTINCT action_id) FROM given)            AS twice,
  (SELECT count(*) FROM given ANTI JOIN item USING (action_id))       AS not_due,
  (SELECT count(*) FROM fit)                                          AS records,
  (SELECT coalesce(sum(len(action_ids)), 0) FROM fit)                 AS acts,
  (SELECT coalesce(sum(acts_cents), 0) FROM fit)                      AS acts_cents,
  (SELECT list({'action_ids': action_ids, 'field': field, 'reason': reason} ORDER BY record_no) FROM refused) AS refused
