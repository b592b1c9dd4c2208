-- One row: through which day each table of the caseload is complete, and whether that is near enough to tonight
-- for its silence to mean anything. What nobody told us the end of is not known, and so is not current.
WITH
extract AS (
  SELECT table_name AS name, max(complete_through_on) AS through_on
  FROM caseload.currency
  GROUP BY table_name
),
paper AS (
  -- An extract may be fresh while the mail behind it lies unopened: the earlier of the two counts.
  SELECT
    CASE kind WHEN 'payments' THEN 'receipts' ELSE kind END AS name,
    max(complete_through_on)                                AS through_on
  FROM caseload.intake
  GROUP BY kind
),
told AS (
  SELECT
    extract.name,
    CASE
      WHEN extract.name NOT IN ('hearings', 'receipts', 'agreements', 'stays', 'notices', 'balances')
        THEN extract.through_on
      WHEN paper.through_on IS NOT NULL THEN least(extract.through_on, paper.through_on)
    END                                                     AS through_on
  FROM extract
  LEFT JOIN paper USING (name)
),
near AS (
  SELECT name, through_on, through_on >= $as_of - CAST($stale_after_days AS INTEGER) AS is_current
  FROM told
)
SELECT
  max(through_on) FILTER (name = 'balances')                        AS balances_through_on,
  max(through_on) FILTER (name = 'hearings')                        AS hearings_through_on,
  max(through_on) FILTER (name = 'receipts')                        AS payments_through_on,
  max(through_on) FILTER (name = 'agreements')                      AS agreements_through_on,
  coalesce(bool_or(is_current) FILTER (name = 'addresses'), false)  AS addresses,
  coalesce(bool_or(is_current) FILTER (name = 'agreements'), false) AS agreements,
  coalesce(bool_or(is_current) FILTER (name = 'balances'), false)   AS balances,
  coalesce(bool_or(is_current) FILTER (name = 'cases'), false)      AS cases,
  coalesce(bool_or(is_current) FILTER (name = 'charges'), false)    AS charges,
  coalesce(bool_or(is_current) FILTER (name = 'children'), false)   AS children,
  coalesce(bool_or(is_current) FILTER (name = 'employers'), false)  AS employers,
  coalesce(bool_or(is_current) FILTER (name = 'hearings'), false)   AS hearings,
  coalesce(bool_or(is_current) FILTER (name = 'licenses'), false)   AS licenses,
  coalesce(bool_or(is_current) FILTER (name = 'notices'), false)    AS notices,
  coalesce(bool_or(is_current) FILTER (name = 'orders'), false)     AS orders,
  coalesce(bool_or(is_current) FILTER (name = 'persons'), false)    AS persons,
  coalesce(bool_or(is_current) FILTER (name = 'receipts'), false)   AS receipts,
  coalesce(bool_or(is_current) FILTER (name = 'stays'), false)      AS stays
FROM near
