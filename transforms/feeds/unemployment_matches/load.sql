-- One row per quarter's unemployment benefit that the national directory matched to a person of ours.
SELECT
  source_line,
  CASE WHEN ui_ssn_match_code IN ('C', 'M', 'X') THEN corrected_or_multiple_ssn ELSE ssn END AS ssn,
  state_member_id                                       AS person_id,
  -- A name that the directory knows in part agrees with nothing: a person looks at the match.
  CASE WHEN name_matched_ind IS DISTINCT FROM '4' THEN coalesce(returned_first_name, first_name) END AS first_name,
  CASE WHEN name_matched_ind IS DISTINCT FROM '4' THEN coalesce(returned_last_name, last_name) END AS last_name,
  ui_benefit_amount                                     AS benefit_cents,
  CAST(strptime(ui_reporting_year || CASE ui_reporting_quarter
    WHEN '1' THEN '0331' WHEN '2' THEN '0630' WHEN '3' THEN '0930' WHEN '4' THEN '1231' END, '%Y%m%d') AS DATE)
                                                        AS quarter_ends_on,
  ui_reporting_state                                    AS paying_state,
  ui_ssn_match_code                                     AS ssn_match_code,
  name_matched_ind                                      AS name_matched
FROM response
