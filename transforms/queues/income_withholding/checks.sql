-- One row per order: the edits that the portal answers with a reject.
SELECT
  record_no,
  regexp_full_match(employee_last_name, '[A-Z.''-]([A-Z .''-]*[A-Z.''-])?')
    AND regexp_full_match(employee_first_name, '[A-Z.''-]([A-Z .''-]*[A-Z.''-])?') AS names_are_clean,
  regexp_matches(employer_city, '^[A-Z]')                                         AS city_starts_with_a_letter,
  is_withdrawal OR total_amount > 0                                               AS order_asks_for_something,
  CASE WHEN is_withdrawal THEN deduction_weekly = 0 ELSE deduction_weekly > 0 END AS cycles_agree_with_the_total
FROM record
