-- One row per child; the first true column is the reason it is set aside.
SELECT
  'coverage' AS record,
  source_line,
  child_coverage_end_date < child_coverage_begin_date
    AS "coverage that ends before it begins",
  child_medical_coverage_ind = 'Y' AND child_coverage_begin_date IS NULL
    AS "coverage without the day on which it begins"
FROM coverage
