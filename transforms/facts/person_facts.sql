-- One row per person who owes in a case: what they owe in all their open cases, and what is known of themselves.
-- A sum over cases is known only where every one of its parts is.
WITH
debt AS (
  SELECT
    person_id,
    list_sort(list(case_id) FILTER (counts_for_state))                             AS cases_counted,
    CASE WHEN count(*) = count(state_cents) THEN sum(state_cents) END              AS liquidated,
    CASE WHEN count(*) = count(past_due_cents) THEN sum(past_due_cents) END        AS past_due,
    CASE WHEN count(*) = count(enforceable_cents) THEN sum(enforceable_cents) END  AS enforceable,
    CASE WHEN count(*) = count(owed_cents) THEN sum(owed_cents) END                AS owed
  FROM facts.case_debts
  GROUP BY person_id
),
-- One question about a person who was keyed twice, also where both entries owe.
asked AS (
  SELECT min(guards.person_id) AS person_id, identity.keyed_as
  FROM facts.person_guards AS guards
  JOIN facts.identity AS identity USING (person_id)
  WHERE identity.keyed_as IS NOT NULL
  GROUP BY identity.keyed_as
)
SELECT
  guards.person_id                                                AS subject_id,
  CAST(NULL AS VARCHAR)                                           AS case_id,
  guards.person_id,
  cases.office,
  cases.worker,
  guards.* EXCLUDE (person_id, first_case_id, twin_cases),
  coalesce(guards.twin_cases, CAST([] AS VARCHAR[]))               AS twin_cases,
  coalesce(debt.cases_counted, CAST([] AS VARCHAR[]))             AS cases_counted,
  CAST(debt.liquidated AS BIGINT)                                 AS liquidated_cents,
  CAST(debt.past_due AS BIGINT)                                   AS past_due_cents,
  CAST(debt.enforceable AS BIGINT)                                AS enforceable_cents,
  CAST(debt.owed AS BIGINT)                                       AS owed_cents,
  coalesce(asked.keyed_as, CAST([] AS VARCHAR[]))                 AS keyed_as
FROM facts.person_guards AS guards
JOIN caseload.cases AS cases ON cases.case_id = guards.first_case_id
JOIN debt USING (person_id)
LEFT JOIN asked USING (person_id)
