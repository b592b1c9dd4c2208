-- One row per employer of the federal list.
SELECT
  source_line,
  fein                                                       AS employer_fein,
  company_name                                               AS employer_name,
  address_1                                                  AS employer_street,
  coalesce(address_2, address_3, address_4)                  AS employer_street_2,
  city                                                       AS employer_city,
  state                                                      AS employer_state,
  zip5                                                       AS employer_zip
FROM employer
