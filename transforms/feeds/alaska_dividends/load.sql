-- One row per person of our request who has applied for the dividend.
SELECT
  source_line,
  ssn,
  person_number                            AS person_id,
  applicant_last_name,
  applicant_first_name,
  applicant_date_of_birth                  AS birth_on
FROM answer
