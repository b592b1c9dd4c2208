-- One row: how many actions rows.sql gives twice, and how many that are none of tonight's.
WITH given AS (SELECT record_no, unnest(action_ids) AS action_id FROM drafted)
SELECT
  (SELECT count(*) - count(DISTINCT action_id) FROM given)            AS twice,
  (SELECT count(*) FROM given ANTI JOIN item USING (action_id))       AS not_due
