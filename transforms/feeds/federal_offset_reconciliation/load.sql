-- One row per person and kind of debt that the federal office holds, with its amount and excluded programs.
SELECT
  source_line,
  ssn,
  case_id                                       AS person_id,
  case_type,
  dollars_as_cents(current_arrears)             AS held_cents,
  list_filter(
    [exclude_administrative, exclude_fidm, exclude_passport, exclude_retirement, exclude_salary, exclude_tax,
     exclude_vendor],
    lambda program: program IS NOT NULL)        AS excluded
FROM record
