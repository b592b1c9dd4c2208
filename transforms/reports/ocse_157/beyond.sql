-- One row per case and month of the period: what came in beyond what fell due in that month.
WITH
came AS (
  SELECT
    case_id,
    date_trunc('month', received_on)                           AS month,
    sum(amount_cents) FILTER (source IS DISTINCT FROM 'tax' AND kind <> 'intercept') AS paid_cents,
    sum(amount_cents) FILTER (source = 'tax' OR kind = 'intercept')                  AS taken_cents,
    string_agg('caseload.receipts@' || source_file || ':' || source_line, ';'
      ORDER BY source_file, source_line)                       AS src
  FROM caseload.receipts
  WHERE status = 'posted' AND kind <> 'adjustment' AND received_on BETWEEN $from_on AND $to_on
  GROUP BY ALL
)
SELECT
  came.case_id,
  came.month,
  greatest(coalesce(came.paid_cents, 0) - coalesce(due.due_cents, 0), 0)
    + greatest(coalesce(came.taken_cents, 0), 0)             AS cents,
  came.src
FROM came
LEFT JOIN due ON due.case_id = came.case_id AND due.month = came.month
