-- One row per employee whom an employer reported, with the first day of work.
SELECT
  employee.source_line,
  employee.ssn,
  -- Last name, a comma, first name, a blank and an initial.
  employee.employee_name,
  employee.start_date                                               AS hired_on,
  -- A number of zeros is none: it would make one payor of many.
  CASE WHEN ltrim(employer.fein, '0') <> '' THEN employer.fein END  AS employer_fein,
  employer.employer_name,
  employer.street                                                   AS employer_street,
  employer.city                                                     AS employer_city,
  employer.state                                                    AS employer_state,
  employer.zip5                                                     AS employer_zip
FROM employee
-- An employee is of the employer whose record stands before theirs.
ASOF JOIN employer ON employee.source_line > employer.source_line
