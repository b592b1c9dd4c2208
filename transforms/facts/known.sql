-- One row: through which day each table of the caseload is complete, and whether that is near enough to tonight
-- for its silence to mean anything. What nobody told us the end of is not known, and so is not current; nor is a
-- table of which so many rows name nobody that they could be about anybody.
SELECT
  max(through_on) FILTER (name = 'balances')                        AS balances_through_on,
  max(through_on) FILTER (name = 'hearings')                        AS hearings_through_on,
  max(through_on) FILTER (name = 'receipts')                        AS payments_through_on,
  max(through_on) FILTER (name = 'agreements')                      AS agreements_through_on,
  coalesce(bool_or(is_current) FILTER (name = 'addresses'), false)                AS addresses,
  coalesce(bool_or(is_current) FILTER (name = 'affidavits'), false)               AS affidavits,
  coalesce(bool_or(is_current) FILTER (name = 'agreements'), false)               AS agreements,
  coalesce(bool_or(is_current) FILTER (name = 'assistance_spells'), false)        AS assistance_spells,
  coalesce(bool_or(is_current) FILTER (name = 'balances'), false)                 AS balances,
  coalesce(bool_or(is_current) FILTER (name = 'cases'), false)                    AS cases,
  coalesce(bool_or(is_current) FILTER (name = 'charges'), false)                  AS charges,
  coalesce(bool_or(is_current) FILTER (name = 'children'), false)                 AS children,
  coalesce(bool_or(is_current) FILTER (name = 'claims'), false)                   AS claims,
  coalesce(bool_or(is_current) FILTER (name = 'employers'), false)                AS employers,
  coalesce(bool_or(is_current) FILTER (name = 'hearings'), false)                 AS hearings,
  coalesce(bool_or(is_current) FILTER (name = 'licenses'), false)                 AS licenses,
  coalesce(bool_or(is_current) FILTER (name = 'notices'), false)                  AS notices,
  coalesce(bool_or(is_current) FILTER (name = 'orders'), false)                   AS orders,
  coalesce(bool_or(is_current) FILTER (name = 'persons'), false)                  AS persons,
  coalesce(bool_or(is_current) FILTER (name = 'postings'), false)                 AS postings,
  coalesce(bool_or(is_current) FILTER (name = 'receipts'), false)                 AS receipts,
  coalesce(bool_or(is_current) FILTER (name = 'scheduled_payments'), false)       AS scheduled_payments,
  coalesce(bool_or(is_current) FILTER (name = 'stays'), false)                    AS stays,
  coalesce(bool_or(is_current) FILTER (name = 'terms'), false)                    AS terms,
  coalesce(list(name ORDER BY name) FILTER (is_lost), CAST([] AS VARCHAR[])) AS lost
FROM facts.fresh
