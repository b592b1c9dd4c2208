-- One row per table of the caseload and per feed: through which day it is complete, and whether that is near
-- enough to tonight for its silence to mean anything. What nobody told us the end of is not current; nor is a
-- table of which so many rows name nobody that they could be about anybody.
WITH
extract AS (
  SELECT table_name AS name, max(complete_through_on) AS through_on
  FROM caseload.currency
  GROUP BY table_name
),
lost AS (
  SELECT DISTINCT table_name AS name
  FROM caseload.rejected
  WHERE case_id IS NULL AND person_id IS NULL
),
told AS (
  SELECT
    extract.name,
    CASE
      WHEN paper.table_name IS NULL
        AND extract.name NOT IN ('hearings', 'receipts', 'agreements', 'stays', 'notices', 'balances')
        THEN extract.through_on
      ELSE paper.complete_through_on
    END                                                     AS through_on,
    lost.name IS NOT NULL                                   AS is_lost
  FROM extract
  LEFT JOIN facts.intake_known AS paper ON paper.table_name = extract.name
  LEFT JOIN lost ON lost.name = extract.name
)
SELECT
  name,
  through_on,
  is_lost,
  coalesce(NOT is_lost AND through_on >= $as_of - CAST($stale_after_days AS INTEGER), false) AS is_current
FROM told
UNION ALL
SELECT
  feed,
  coalesce(last_period_on, last_received_on),
  false,
  coalesce(coalesce(last_period_on, last_received_on) >= $as_of - CAST(stale_after_days AS INTEGER), false)
FROM staging.currency
WHERE feed <> 'caseload'
