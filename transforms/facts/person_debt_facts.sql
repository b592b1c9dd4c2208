-- One row per person who owes in a case and kind of debt: A is assigned to the state, N is owed to the family.
-- The two are never added; each is the sum over the person's cases in this agency.
WITH
kind AS (
  SELECT 'A' AS case_type
  UNION ALL
  SELECT 'N'
),
part AS (
  SELECT
    debts.person_id,
    kind.case_type,
    debts.case_id,
    debts.counts_for_federal,
    CASE kind.case_type WHEN 'A' THEN debts.assigned_cents ELSE debts.unassigned_cents END           AS cents,
    CASE kind.case_type WHEN 'A' THEN debts.unassigned_cents ELSE debts.assigned_cents END           AS other_cents,
    CASE kind.case_type WHEN 'A' THEN debts.assigned_owed_cents ELSE debts.unassigned_owed_cents END AS owed_cents,
    fact.oldest_unpaid_due_on,
    fact.custodial_has_address,
    fact.has_minor_child
  FROM facts.case_debts AS debts
  JOIN facts.case_facts AS fact USING (case_id)
  CROSS JOIN kind
),
debt AS (
  SELECT
    person_id,
    case_type,
    list_sort(list(case_id) FILTER (counts_for_federal AND cents > 0))               AS cases_counted,
    CASE WHEN count(*) = count(cents) THEN sum(cents) END                            AS cents,
    CASE WHEN count(*) = count(other_cents) THEN sum(other_cents) END                AS other_cents,
    CASE WHEN count(*) = count(owed_cents) THEN sum(owed_cents) END                  AS owed_cents,
    min(oldest_unpaid_due_on) FILTER (cents > 0)                                     AS oldest_unpaid_due_on,
    CASE
      WHEN bool_or(custodial_has_address IS FALSE) FILTER (cents > 0) THEN false
      WHEN bool_or(custodial_has_address IS NULL) FILTER (cents > 0) THEN NULL
      ELSE true
    END                                                                              AS custodial_address_is_known,
    CASE
      WHEN bool_or(has_minor_child) FILTER (cents > 0) THEN true
      WHEN bool_or(has_minor_child IS NULL) FILTER (cents > 0) THEN NULL
      ELSE false
    END                                                                              AS has_minor_child
  FROM part
  GROUP BY person_id, case_type
)
SELECT
  guards.person_id || '-' || debt.case_type                       AS subject_id,
  guards.person_id,
  debt.case_type,
  coalesce(debt.cases_counted, CAST([] AS VARCHAR[]))             AS cases_counted,
  CAST(debt.cents AS BIGINT)                                      AS debt_cents,
  CAST(debt.other_cents AS BIGINT)                                AS debt_cents_other_type,
  CAST(debt.owed_cents AS BIGINT)                                 AS owed_cents,
  debt.oldest_unpaid_due_on,
  debt.custodial_address_is_known,
  debt.has_minor_child
FROM facts.person_guards AS guards
JOIN debt USING (person_id)
