-- One row per parent who owes: which tables about their property are near enough to tonight for their silence to
-- mean anything, and hold no line about them that could not be read.
WITH
told AS (
  SELECT
    coalesce(bool_or(is_current) FILTER (name = 'benefit_checks'), false)       AS benefit_checks,
    coalesce(bool_or(is_current) FILTER (name = 'exemption_claims'), false)     AS exemption_claims,
    coalesce(bool_or(is_current) FILTER (name = 'assets'), false)               AS assets,
    coalesce(bool_or(is_current) FILTER (name = 'liens'), false)                AS liens,
    coalesce(bool_or(is_current) FILTER (name = 'lump_sums'), false)            AS lump_sums,
    coalesce(bool_or(is_lost) FILTER (name = 'benefits'), false)              AS benefits_are_lost
  FROM facts.fresh
),
lost AS (
  SELECT person_id, list(DISTINCT table_name ORDER BY table_name) AS tables
  FROM caseload.rejected
  WHERE person_id IS NOT NULL
  GROUP BY person_id
),
person AS (
  SELECT guards.person_id, coalesce(lost.tables, CAST([] AS VARCHAR[])) AS rejected
  FROM facts.person_guards AS guards
  LEFT JOIN lost USING (person_id)
)
SELECT
  person.person_id,
  told.benefit_checks AND NOT list_contains(rejected, 'benefit_checks')         AS benefit_checks,
  NOT told.benefits_are_lost AND NOT list_contains(rejected, 'benefits')        AS benefits_are_read,
  told.exemption_claims AND NOT list_contains(rejected, 'exemption_claims')     AS exemption_claims,
  told.assets AND NOT list_contains(rejected, 'assets')                         AS assets,
  told.liens AND NOT list_contains(rejected, 'liens')                           AS liens,
  told.lump_sums AND NOT list_contains(rejected, 'lump_sums')                   AS lump_sums
FROM person
CROSS JOIN told
