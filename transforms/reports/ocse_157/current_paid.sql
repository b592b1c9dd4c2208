-- One row per case: month by month, what came in as far as it reaches to what fell due in that month.
-- Money taken from tax refunds pays arrears alone and is left out.
WITH
came AS (
  SELECT
    case_id,
    date_trunc('month', received_on)                           AS month,
    sum(amount_cents)                                          AS came_cents,
    string_agg('caseload.receipts@' || source_file || ':' || source_line, ';'
      ORDER BY source_file, source_line)                       AS src
  FROM caseload.receipts
  WHERE status = 'posted' AND kind IN ('payment', 'reversal') AND source IS DISTINCT FROM 'tax'
    AND received_on BETWEEN $from_on AND $to_on
  GROUP BY ALL
)
SELECT
  cases.case_id,
  cases.obligor_id                                             AS person_id,
  cases.office,
  cases.case_class                                             AS part,
  sum(least(due.due_cents, came.came_cents))                   AS counted,
  string_agg(came.src, ';' ORDER BY came.month)                AS src
FROM due
JOIN came ON came.case_id = due.case_id AND came.month = due.month
JOIN caseload.cases AS cases ON cases.case_id = due.case_id
WHERE came.came_cents > 0
GROUP BY ALL
