-- One row per employee; the first true column is the reason it is set aside.
SELECT
  'employee' AS record,
  employee.source_line,
  employee.employer_id NOT IN (coalesce(employer.dol_number, employer.fein), employer.fein)
    AS "the employer's number is not that of the employer record before it"
FROM employee
ASOF JOIN employer ON employee.source_line > employer.source_line
