-- One row per employee whom an employer reported. The day of the hire, and whether the line reports a hire at all or that
-- somebody left, stand behind position 107, and where is in no source that was read: the day is not known.
SELECT
  employee.source_line,
  employee.ssn,
  employee.last_name,
  employee.first_name,
  CAST(NULL AS DATE)                                                AS hired_on,
  -- A number of zeros is none: it would make one payor of many.
  CASE WHEN ltrim(employer.fein, '0') <> '' THEN employer.fein END  AS employer_fein,
  employer.employer_name,
  -- An address abroad is none to which an order is mailed.
  CASE WHEN employer.country IS NULL THEN employer.address_1 END    AS employer_street,
  CASE WHEN employer.country IS NULL THEN employer.city END         AS employer_city,
  CASE WHEN employer.country IS NULL THEN employer.state END        AS employer_state,
  CASE WHEN employer.country IS NULL THEN employer.zip5 END         AS employer_zip
FROM employee
-- An employee is of the employer whose record stands before theirs.
ASOF JOIN employer ON employee.source_line > employer.source_line
