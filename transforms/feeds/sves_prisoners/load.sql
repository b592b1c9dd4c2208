-- One row per confinement of a person of ours that a prison or jail told the Social Security Administration.
SELECT
  source_line,
  CASE WHEN multiple_ssn_ind IN ('M', 'X') THEN multiple_ssn ELSE ssn END AS ssn,
  member_id                                             AS person_id,
  submitted_first_name                                  AS first_name,
  submitted_last_name                                   AS last_name,
  reported_date_of_birth                                AS birth_on,
  confinement_date                                      AS confined_on,
  release_date                                          AS release_on,
  -- Zeros are no state.
  coalesce(nullif(family_violence_state_1, '00'), nullif(family_violence_state_2, '00'),
    nullif(family_violence_state_3, '00')) IS NOT NULL
                                                        AS has_family_violence,
  facility_name,
  report_date                                           AS reported_on
FROM prisoner
