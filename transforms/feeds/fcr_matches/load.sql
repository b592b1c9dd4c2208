-- One row per case that another state has with a person of ours.
SELECT
  source_line,
  ssn,
  state_member_id                                            AS person_id,
  state_case_id                                              AS case_id,
  last_name,
  first_name,
  matched_case_state                                         AS other_fips,
  matched_case_id                                            AS other_case_id,
  matched_case_type = 'F'                                    AS other_is_served,
  matched_order_ind = 'Y'                                    AS other_has_order,
  CASE matched_participant_type WHEN 'CH' THEN 'child' WHEN 'CP' THEN 'custodial parent'
    WHEN 'NP' THEN 'noncustodial parent' WHEN 'PF' THEN 'putative father' END AS other_role,
  matched_registration_date                                  AS other_registered_on,
  -- Which codes there are was not seen: any of them says that the person is no longer in that case.
  person_delete_ind IS NOT NULL                              AS was_taken_out,
  -- A day that is not known is given as the first.
  matched_date_of_death                                      AS died_on
FROM match
