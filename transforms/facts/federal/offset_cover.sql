-- One row per person and kind of debt with a pre-offset notice that has run, or a record that stands: how much may be
-- submitted. A record rests on debt that the parent was told of, by case and amount: a case opened after the notice,
-- and what the debt has grown by since, wait for a notice of their own (45 CFR 303.72(h)(6); 31 CFR 285.3(c)(5)).
WITH
told AS (
  SELECT told.*, debts.person_id, debts.case_type
  FROM facts.offset_told AS told
  JOIN facts.person_debt_facts AS debts USING (subject_id)
  WHERE told.has_run
  UNION ALL BY NAME
  -- A record that stands without a notice that we know of was noticed no later than when it was told first.
  SELECT record.subject_id, record.first_told_on AS sent_on, record.told_cents AS debt_cents,
    debts.person_id, debts.case_type
  FROM facts.federal_records AS record
  JOIN facts.person_debt_facts AS debts USING (subject_id)
  WHERE record.is_held
),
part AS (
  SELECT
    debts.person_id,
    debts.case_id,
    cases.opened_on,
    debts.assigned_cents,
    debts.unassigned_cents
  FROM facts.capped_debts AS debts
  JOIN caseload.cases AS cases USING (case_id)
),
covered AS (
  SELECT DISTINCT
    told.subject_id,
    part.case_id,
    CASE told.case_type WHEN 'A' THEN part.assigned_cents ELSE part.unassigned_cents END AS cents
  FROM told
  JOIN part
    ON part.person_id = told.person_id
    AND CASE WHEN told.case_id IS NULL THEN part.opened_on <= told.sent_on ELSE told.case_id = part.case_id END
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
    greatest(max(told.debt_cents) FILTER (told.case_id IS NULL), any_value(summed.cents)) AS cents
  FROM told
  LEFT JOIN (SELECT subject_id, sum(cents) AS cents FROM of_case GROUP BY subject_id) AS summed USING (subject_id)
  GROUP BY told.subject_id
)
SELECT
  stated.subject_id,
  CAST(stated.cents AS BIGINT)                                                      AS stated_cents,
  CASE
    WHEN debt.subject_id IS NULL THEN CAST(0 AS BIGINT)
    WHEN debt.cents IS NOT NULL AND stated.cents IS NOT NULL THEN CAST(least(debt.cents, stated.cents) AS BIGINT)
  END                                                                               AS submit_cents
FROM stated
LEFT JOIN debt USING (subject_id)
