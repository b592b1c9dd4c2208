-- One row per record of a person: the fields of the layout under the columns that all feeds share.
SELECT
  source_line,
  ssn,
  person_number AS person_id,
  last_name,
  first_name,
  date_of_birth AS birth_on,
  reference,
  amount        AS amount_cents
FROM item
