-- One row per order: the edits that the portal answers with a reject.
SELECT
  record_no,
  regexp_full_match(employee_last_name, '[A-Z.''-]([A-Z .''-]*[A-Z.''-])?')
    AND regexp_full_match(employee_first_name, '[A-Z.''-]([A-Z .''-]*[A-Z.''-])?')
    AND regexp_full_match(coalesce(employee_middle_name, ''), '[A-Z .''-]*')    AS names_are_clean,
  regexp_full_match(concat_ws('', child_1_last_name, child_1_first_name, child_2_last_name, child_2_first_name,
    child_3_last_name, child_3_first_name, child_4_last_name, child_4_first_name, child_5_last_name,
    child_5_first_name, child_6_last_name, child_6_first_name), '[A-Z .''-]*')  AS childrens_names_are_clean,
  regexp_matches(employer_name, '^[A-Z0-9]') AND regexp_matches(employer_address_1, '^[A-Z0-9]')
    AND regexp_matches(coalesce(employer_address_2, '0'), '^[A-Z0-9]')          AS payor_starts_with_a_letter_or_digit,
  regexp_matches(employer_city, '^[A-Z]')                                       AS city_starts_with_a_letter,
  regexp_full_match(employer_state, '[A-Z][A-Z]') AND ltrim(employer_zip5, '0') <> '' AS payor_has_state_and_zip,
  ltrim(employer_ein, '0') <> ''                                                AS payor_has_a_number,
  NOT regexp_matches(case_identifier, '^ |[*\\]')
    AND NOT regexp_matches(coalesce(order_identifier, ''), '^ |[*\\]')
    AND NOT regexp_matches(coalesce(remittance_identifier, ''), '^ |[*\\]')
    AND NOT regexp_matches(document_tracking_number, '^ |[*\\]')                AS numbers_are_clean,
  NOT regexp_matches(issuing_state_name, '^ ')                                  AS state_name_starts_at_once,
  (current_child_amount > 0) = (current_child_frequency IS NOT NULL)
    AND (past_due_child_amount > 0) = (past_due_child_frequency IS NOT NULL)
    AND (total_amount > 0) = (total_frequency IS NOT NULL)
    AND total_amount = current_child_amount + past_due_child_amount
      + current_medical_amount + past_due_medical_amount + current_spousal_amount + past_due_spousal_amount
      + other_amount                                                            AS amounts_have_their_cycle,
  is_withdrawal OR total_amount > 0                                             AS order_asks_for_something,
  CASE WHEN is_withdrawal THEN deduction_weekly = 0 ELSE deduction_weekly > 0 END AS cycles_agree_with_the_total,
  CASE WHEN is_withdrawal THEN ccpa_percent = 0 ELSE ccpa_percent > 0 END       AS limit_is_given
FROM record
