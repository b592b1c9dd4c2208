-- Each employer's record says how many employees follow it.
SELECT
  'employees of the employer at line ' || employer.source_line      AS what,
  CAST(employer.new_employee_count AS BIGINT)                       AS told,
  coalesce(own.employees, 0)                                        AS found
FROM employer
LEFT JOIN (
  SELECT employer.source_line, count(*) AS employees
  FROM typed_employee AS employee
  ASOF JOIN employer ON employee.source_line > employer.source_line
  GROUP BY employer.source_line
) AS own ON own.source_line = employer.source_line
ORDER BY employer.source_line
