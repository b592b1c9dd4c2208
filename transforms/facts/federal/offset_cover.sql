-- One row per record (person and kind of debt of the federal one, person of the claim to a state refund) of which a
-- notice has run or which stands: how much may be submitted. A record rests on debt that the parent was told of, by case
-- and amount: a case opened after the notice, and what the debt has grown by since, wait for a notice of their own
-- (45 CFR 303.72(h)(6), 303.102(e); 31 CFR 285.3(c)(5)).
WITH
part AS (
  SELECT debts.person_id || '-' || kind.case_type AS subject_id, debts.case_id,
    CASE kind.case_type WHEN 'A' THEN debts.assigned_cents ELSE debts.unassigned_cents END AS cents
  FROM facts.capped_debts AS debts
  CROSS JOIN (SELECT 'A' AS case_type UNION ALL SELECT 'N') AS kind
  UNION ALL
  SELECT person_id, case_id, cents
  FROM facts.state_claims
  WHERE CAST($challenge_days AS INTEGER) IS NULL
),
told AS (
  SELECT subject_id, case_id, sent_on, debt_cents
  FROM facts.offset_notified
  WHERE has_run
  UNION ALL BY NAME
  -- A record that stands without a notice that we know of was noticed no later than when it was told first.
  SELECT subject_id, first_reported_on AS sent_on, last_reported_cents AS debt_cents
  FROM facts.federal_records
  WHERE is_held
  UNION ALL BY NAME
  SELECT subject_id, first_reported_on AS sent_on, last_reported_cents AS debt_cents
  FROM facts.state_records
  WHERE CAST($challenge_days AS INTEGER) IS NULL
),
covered AS (
  SELECT DISTINCT told.subject_id, part.case_id, part.cents
  FROM told
  JOIN part USING (subject_id)
  JOIN caseload.cases AS cases ON cases.case_id = part.case_id
  WHERE CASE WHEN told.case_id IS NULL THEN cases.opened_on <= told.sent_on ELSE told.case_id = part.case_id END
),
debt AS (
  SELECT subject_id, CASE WHEN count(*) = count(cents) THEN sum(cents) END AS cents
  FROM covered
  GROUP BY subject_id
),
of_case AS (
  SELECT subject_id, case_id, max(debt_cents) AS cents
  FROM told
  WHERE case_id IS NOT NULL
  GROUP BY subject_id, case_id
),
stated AS (
  SELECT
    told.subject_id,
    greatest(max(told.debt_cents) FILTER (told.case_id IS NULL), any_value(summed.cents)) AS cents,
    max(told.sent_on)                                                               AS last_on
  FROM told
  LEFT JOIN (SELECT subject_id, sum(cents) AS cents FROM of_case GROUP BY subject_id) AS summed USING (subject_id)
  GROUP BY told.subject_id
)
SELECT
  stated.subject_id,
  CAST(stated.cents AS BIGINT)                                                      AS stated_cents,
  CAST(CASE WHEN debt.subject_id IS NULL THEN 0 ELSE debt.cents END AS BIGINT)      AS covered_cases_cents,
  CAST(stated.last_on + to_months(CAST($notice_again_months AS INTEGER)) AS DATE)   AS notice_again_on,
  CASE
    WHEN debt.subject_id IS NULL THEN CAST(0 AS BIGINT)
    WHEN debt.cents IS NOT NULL AND stated.cents IS NOT NULL THEN CAST(least(debt.cents, stated.cents) AS BIGINT)
  END                                                                               AS submit_cents
FROM stated
LEFT JOIN debt USING (subject_id)
