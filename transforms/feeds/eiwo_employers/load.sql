-- One row per employer of the portal's list: since when it takes orders there, or until when it did. Y and A are read as
-- active, N and I as inactive (unverified); any other code is not known.
SELECT
  source_line,
  fein                                                       AS employer_fein,
  organisation_name                                          AS employer_name,
  start_date                                                 AS takes_from_on,
  CASE WHEN active_ind IN ('A', 'Y') THEN true WHEN active_ind IN ('I', 'N') THEN false END AS is_active,
  inactive_date                                              AS inactive_on,
  address_1                                                  AS employer_street,
  address_2                                                  AS employer_street_2,
  city                                                       AS employer_city,
  state                                                      AS employer_state,
  zip5                                                       AS employer_zip
FROM employer
