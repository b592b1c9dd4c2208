-- The agency's own balances by class at the end of a day. Charges and receipts move the main class of a case;
-- its other classes stand still.
WITH moved AS (
  SELECT case_id, sum(amount_cents) AS cents FROM (
    SELECT case_of(i) AS case_id, cents AS amount_cents FROM (
      SELECT i, sum(cents) AS cents FROM (
        SELECT i, cents FROM bulk_charges WHERE due_on <= $through
        UNION ALL SELECT i, -cents FROM bulk_receipts WHERE posted_on <= $through) GROUP BY i)
    UNION ALL SELECT case_id, amount_cents FROM planted.charges WHERE due_on <= $through
    UNION ALL SELECT case_id, -amount_cents FROM planted.receipts
      WHERE status = 'posted' AND posted_on <= $through)
  GROUP BY case_id
),
summed AS (
  SELECT classes.*, opening_cents + CASE WHEN is_main THEN coalesce(moved.cents, 0) ELSE 0 END
      + coalesce(unexplained_cents, 0) AS past_due_cents
  FROM v.classes AS classes LEFT JOIN moved USING (case_id)
)
SELECT case_id, balance_class, is_assigned, CAST(past_due_cents AS BIGINT) AS past_due_cents,
  CAST(CASE WHEN liquidated_from <= $through THEN past_due_cents ELSE 0 END AS BIGINT)
    AS liquidated_cents,
  CAST(coalesce(disputed_cents, 0) AS BIGINT) AS disputed_cents,
  CAST(coalesce(barred_cents, 0) AS BIGINT) AS barred_cents, opening_cents
FROM summed
