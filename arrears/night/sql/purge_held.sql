-- One row per number by which a row is a held case's: the case, its people, their tokens and its orders.
WITH
people AS (
  SELECT unnest([obligor_id, custodial_id]) AS person_id
  FROM caseload.cases
  WHERE list_contains($cases, case_id)
  UNION
  SELECT person_id
  FROM caseload.children
  WHERE list_contains($cases, case_id)
)
SELECT unnest(CAST($cases AS VARCHAR[])) AS id
UNION
SELECT person_id
FROM people
WHERE person_id IS NOT NULL
UNION
SELECT person_token
FROM caseload.persons
SEMI JOIN people USING (person_id)
WHERE person_token IS NOT NULL
UNION
SELECT order_id
FROM caseload.orders
WHERE list_contains($cases, case_id)
