-- One row per employee; the first true column is the reason it is set aside.
SELECT
  'employee' AS record,
  employee.source_line,
  strftime(employee.start_date, '%y') > employer.report_year
    AS "the first day of work is after the year of the report"
FROM employee
ASOF JOIN employer ON employee.source_line > employer.source_line
