-- One row per hire that the state's directory found for a person of ours.
SELECT
  source_line,
  ssn,
  person_number                                              AS person_id,
  last_name,
  first_name,
  start_date                                                 AS hired_on,
  -- A number of zeros is none: it would make one payor of many.
  CASE WHEN ltrim(company_fein, '0') <> '' THEN company_fein END AS employer_fein,
  company_name                                               AS employer_name,
  company_address                                            AS employer_street,
  company_city                                               AS employer_city,
  company_state                                              AS employer_state,
  company_zip5                                               AS employer_zip
FROM response
