-- One row per vehicle that is registered to a person in the caseload, by whom it is owned besides.
SELECT
  source_line,
  ssn,
  person_number                            AS person_id,
  last_name,
  first_name,
  date_of_birth                            AS birth_on,
  vin,
  concat_ws(' ', model_year, make, model)  AS description,
  plate_number,
  owner_1_state                            AS state,
  CASE
    WHEN owner_1_organisation IS NOT NULL
    OR owner_2_organisation IS NOT NULL
    OR owner_3_organisation IS NOT NULL
    OR owner_4_organisation IS NOT NULL
    OR owner_5_organisation IS NOT NULL
      THEN 'other'
    WHEN owner_1_last_name IS NULL THEN NULL
    WHEN owner_2_last_name IS NOT NULL OR owner_3_last_name IS NOT NULL OR owner_4_last_name IS NOT NULL
      OR owner_5_last_name IS NOT NULL THEN 'joint'
    -- The register's owner has to be the person of our request; else nobody knows whose it is.
    WHEN starts_with(upper(owner_1_last_name), upper(last_name)) THEN 'sole'
  END                                      AS title
FROM vehicle
