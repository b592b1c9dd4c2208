-- Where the acts of the file and of the ledger's batch part: strange ones, lost ones, and what each comes to.
WITH
act_of_file AS (SELECT unnest(action_ids) AS action_id FROM query_table($content)),
act_of_ledger AS (SELECT action_id, amount_cents FROM query_table($ledger))
SELECT
  (SELECT count(*) FROM act_of_file ANTI JOIN act_of_ledger USING (action_id))    AS strange,
  (SELECT count(*) FROM act_of_ledger ANTI JOIN act_of_file USING (action_id))    AS lost,
  (SELECT coalesce(sum(acts_cents), 0) FROM query_table($content))                AS cents,
  (SELECT coalesce(sum(amount_cents), 0) FROM act_of_ledger)                      AS due_cents
