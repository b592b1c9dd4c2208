-- One row per case: through which day each table that the extracts read is told of it; blank where that is not known,
-- since the table was not sent, or a line of it about this case could not be read.
WITH
lost AS (
  SELECT cases.case_id, list(DISTINCT rejected.table_name) AS tables
  FROM caseload.cases AS cases
  JOIN caseload.rejected AS rejected
    ON rejected.case_id = cases.case_id
      OR rejected.person_id = cases.obligor_id
      OR rejected.person_id = cases.custodial_id
  GROUP BY cases.case_id
),
through AS (
  SELECT
    max(complete_through_on) FILTER (table_name = 'orders')        AS orders_on,
    max(complete_through_on) FILTER (table_name = 'charges')       AS charges_on,
    max(complete_through_on) FILTER (table_name = 'receipts')      AS receipts_on,
    max(complete_through_on) FILTER (table_name = 'disbursements') AS disbursements_on,
    max(complete_through_on) FILTER (table_name = 'notices')       AS notices_on,
    max(complete_through_on) FILTER (table_name = 'fees')          AS fees_on,
    max(complete_through_on) FILTER (table_name = 'hearings')      AS hearings_on,
    max(complete_through_on) FILTER (table_name = 'appointments')  AS appointments_on
  FROM caseload.currency
)
SELECT
  cases.case_id,
  CASE WHEN NOT coalesce(list_contains(lost.tables, 'orders'), false) THEN orders_on END               AS orders_on,
  CASE WHEN NOT coalesce(list_contains(lost.tables, 'charges'), false) THEN charges_on END             AS charges_on,
  CASE WHEN NOT coalesce(list_contains(lost.tables, 'receipts'), false) THEN receipts_on END           AS receipts_on,
  CASE WHEN NOT coalesce(list_contains(lost.tables, 'disbursements'), false) THEN disbursements_on END AS disbursements_on,
  CASE WHEN NOT coalesce(list_contains(lost.tables, 'notices'), false) THEN notices_on END             AS notices_on,
  CASE WHEN NOT coalesce(list_contains(lost.tables, 'fees'), false) THEN fees_on END                   AS fees_on,
  CASE WHEN NOT coalesce(list_contains(lost.tables, 'hearings'), false) THEN hearings_on END           AS hearings_on,
  CASE WHEN NOT coalesce(list_contains(lost.tables, 'appointments'), false) THEN appointments_on END   AS appointments_on
FROM caseload.cases AS cases
CROSS JOIN through
LEFT JOIN lost USING (case_id)
