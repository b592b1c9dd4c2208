-- One row per open case that looks like another open one: the same parents, a child and an order in both. What is summed
-- over cases would count such a debt twice.
WITH
open_case AS (
  SELECT
    cases.case_id,
    cases.custodial_id,
    -- A parent who was keyed twice is one parent here.
    coalesce(list_min(identity.keyed_as), cases.obligor_id)                     AS obligor_id
  FROM caseload.cases AS cases
  LEFT JOIN facts.identity AS identity ON identity.person_id = cases.obligor_id
  WHERE cases.status = 'open'
),
pair AS (
  SELECT one.case_id, other.case_id AS twin_id
  FROM open_case AS one
  JOIN open_case AS other
    ON other.obligor_id = one.obligor_id AND other.custodial_id = one.custodial_id AND other.case_id <> one.case_id
),
child AS (
  SELECT children.case_id, children.person_id, children.birth_on, upper(trim(person.first_name)) AS first_name
  FROM caseload.children AS children
  LEFT JOIN caseload.persons AS person USING (person_id)
  WHERE coalesce(children.emancipated_on > $as_of, true)
),
-- The same child by person number or, keyed twice, by birth date and a first name that is not another one.
same_child AS (
  SELECT DISTINCT pair.case_id, pair.twin_id
  FROM pair
  JOIN child AS one ON one.case_id = pair.case_id
  JOIN child AS other ON other.case_id = pair.twin_id
  WHERE one.person_id = other.person_id
    OR (one.birth_on = other.birth_on AND coalesce(one.first_name = other.first_name, true))
),
same_order AS (
  SELECT DISTINCT pair.case_id, pair.twin_id
  FROM pair
  JOIN caseload.orders AS one ON one.case_id = pair.case_id AND one.status <> 'ended'
  JOIN caseload.orders AS other ON other.case_id = pair.twin_id AND other.status <> 'ended'
  WHERE coalesce(one.entered_on = other.entered_on, true)
    AND coalesce(one.current_cents = other.current_cents, true)
    AND coalesce(one.frequency = other.frequency, true)
)
SELECT case_id, list_sort(list(twin_id)) AS twin_cases
FROM same_child
JOIN same_order USING (case_id, twin_id)
GROUP BY case_id
