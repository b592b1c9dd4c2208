-- One row per case of the period with debt that is past due on the night, or on which such debt was paid in it.
WITH
owing AS (
  SELECT
    case_id,
    'caseload.balances@' || source_file || ':' || source_line  AS src
  FROM caseload.balances
  WHERE past_due_cents > 0
  UNION ALL
  SELECT case_id, src FROM beyond WHERE cents > 0
)
SELECT
  cases.case_id,
  cases.obligor_id                                             AS person_id,
  cases.office,
  cases.case_class                                             AS part,
  1                                                            AS counted,
  string_agg(owing.src, ';' ORDER BY owing.src)                AS src
FROM owing
JOIN caseload.cases AS cases USING (case_id)
WHERE coalesce(cases.closed_on >= $from_on, true)
GROUP BY ALL
