-- One row per open case with a support order whose family never had cash assistance and gets Medicaid on the night.
SELECT case_id, person_id, office, part, counted, src
FROM open_case_with_order
WHERE part = 'never_assistance'
  AND case_id IN (
    SELECT case_id FROM caseload.medicaid
    WHERE from_on <= $as_of AND coalesce(to_on >= $as_of, true)
  )
