-- One row per case: what `known` says of the whole caseload, less the tables of which a line about this very case,
-- or about its parent, was rejected, and the receipts where they take each other back in a circle. A bad line is not
-- the same as no line: what it would have told is not known.
WITH
hit AS (
  SELECT cases.case_id, rejected.table_name
  FROM caseload.rejected AS rejected
  JOIN caseload.cases AS cases ON cases.case_id = rejected.case_id
  UNION
  SELECT cases.case_id, rejected.table_name
  FROM caseload.rejected AS rejected
  JOIN caseload.cases AS cases ON cases.obligor_id = rejected.person_id
  UNION
  SELECT cases.case_id, rejected.table_name
  FROM caseload.rejected AS rejected
  JOIN caseload.cases AS cases ON cases.custodial_id = rejected.person_id
  WHERE rejected.table_name IN ('addresses', 'persons', 'stays')
  UNION
  SELECT case_id, 'receipts'
  FROM facts.tangled
),
named AS (
  SELECT case_id, list(table_name ORDER BY table_name) AS tables
  FROM hit
  GROUP BY case_id
),
told AS (
  SELECT
    cases.case_id,
    known.*,
    list_concat(known.lost, coalesce(named.tables, CAST([] AS VARCHAR[]))) AS rejected
  FROM caseload.cases AS cases
  CROSS JOIN facts.known AS known
  LEFT JOIN named USING (case_id)
)
SELECT
  case_id,
  rejected,
  CASE WHEN NOT list_contains(rejected, 'hearings') THEN hearings_through_on END AS hearings_through_on,
  CASE WHEN NOT list_contains(rejected, 'receipts') THEN payments_through_on END AS payments_through_on,
  addresses AND NOT list_contains(rejected, 'addresses')                          AS addresses,
  affidavits AND NOT list_contains(rejected, 'affidavits')                        AS affidavits,
  agreements AND NOT list_contains(rejected, 'agreements')                        AS agreements,
  assistance_spells AND NOT list_contains(rejected, 'assistance_spells')          AS assistance_spells,
  balances AND NOT list_contains(rejected, 'balances')                            AS balances,
  cases AND NOT list_contains(rejected, 'cases')                                  AS cases,
  charges AND NOT list_contains(rejected, 'charges')                              AS charges,
  children AND NOT list_contains(rejected, 'children')                            AS children,
  claims AND NOT list_contains(rejected, 'claims')                                AS claims,
  employers AND NOT list_contains(rejected, 'employers')                          AS employers,
  hearings AND NOT list_contains(rejected, 'hearings')                            AS hearings,
  licenses AND NOT list_contains(rejected, 'licenses')                            AS licenses,
  notices AND NOT list_contains(rejected, 'notices')                              AS notices,
  orders AND NOT list_contains(rejected, 'orders')                                AS orders,
  persons AND NOT list_contains(rejected, 'persons')                              AS persons,
  postings AND NOT list_contains(rejected, 'postings')                            AS postings,
  receipts AND NOT list_contains(rejected, 'receipts')                            AS receipts,
  scheduled_payments AND NOT list_contains(rejected, 'scheduled_payments')        AS scheduled_payments,
  stays AND NOT list_contains(rejected, 'stays')                                  AS stays,
  terms AND NOT list_contains(rejected, 'terms')                                  AS terms
FROM told
