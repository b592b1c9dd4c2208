-- The verdicts of a remedy about a case, or about its obligor where the remedy is about persons or debts; of everybody
-- where nobody is named.
SELECT *
FROM query($verdicts)
WHERE len($who) = 0
  OR case_id = $case
  OR person_id = $case
  OR (case_id IS NULL AND list_contains($who, person_id))
ORDER BY subject_id
