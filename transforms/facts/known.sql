-- One row: through which day each table of the caseload is complete, and whether that is near enough to tonight
-- for its silence to mean anything. What nobody told us the end of is not known, and so is not current; nor is a
-- table of which a line was rejected that could be about anybody.
WITH
extract AS (
  SELECT table_name AS name, max(complete_through_on) AS through_on
  FROM caseload.currency
  GROUP BY table_name
),
lost AS (
  -- A child names its parents by the case alone.
  SELECT DISTINCT table_name AS name
  FROM caseload.rejected
  WHERE case_id IS NULL AND (person_id IS NULL OR table_name = 'children')
),
told AS (
  SELECT
    extract.name,
    CASE
      WHEN extract.name NOT IN ('hearings', 'receipts', 'agreements', 'stays', 'notices', 'balances')
        THEN extract.through_on
      ELSE paper.complete_through_on
    END                                                     AS through_on,
    lost.name IS NOT NULL                                   AS is_lost
  FROM extract
  LEFT JOIN facts.intake_known AS paper ON paper.table_name = extract.name
  LEFT JOIN lost ON lost.name = extract.name
),
near AS (
  SELECT
    name,
    through_on,
    is_lost,
    NOT is_lost AND through_on >= $as_of - CAST($stale_after_days AS INTEGER) AS is_current
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
  coalesce(bool_or(is_current) FILTER (name = 'stays'), false)      AS stays,
  coalesce(list(name ORDER BY name) FILTER (is_lost), CAST([] AS VARCHAR[])) AS lost
FROM near
