-- One row per certification: what makes the payment find its way back, and what may be certified at all.
SELECT
  record_no,
  regexp_full_match(account_id_number, '[0-9]{13}') AS account_names_office_and_person,
  is_withdrawal OR debt_amount > 0                  AS debt_is_withdrawn_or_positive
FROM record
