-- One row per case record: the edits that the federal office answers with a reject.
SELECT
  record_no,
  NOT regexp_matches(last_name, '^[A-Z-]{0,3}[^A-Z-]')                        AS name_control_is_clean,
  transaction_type NOT IN ('A', 'B') OR regexp_matches(first_name, '^[A-Z]')  AS first_name_starts_with_a_letter,
  transaction_type <> 'A' OR pre_offset_notice_date IS NOT NULL               AS notice_date_is_known,
  transaction_type NOT IN ('A', 'R') OR offset_exclusions IS NOT NULL         AS exclusions_are_said,
  is_withdrawal OR arrears_amount > 0                                         AS amount_is_above_zero
FROM record
