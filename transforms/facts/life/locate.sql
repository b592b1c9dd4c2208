-- One row per case whose parent who owes is, or was, looked for.
SELECT
  cases.case_id,
  locating.needed_from_on                                                      AS locate_needed_from_on,
  coalesce(locating.last_tried_on, locating.needed_from_on)                    AS locate_last_tried_on,
  locating.found_on                                                            AS located_on,
  locating.has_full_information,
  locating.found_on IS NULL OR locating.found_on > $as_of                      AS is_looked_for,
  -- The law once counted years for both kinds of information; where it counts months today, those hold.
  CASE
    WHEN locating.found_on <= $as_of THEN false
    WHEN locating.has_full_information
      THEN locating.needed_from_on + to_years(CAST($full_years AS INTEGER)) <= $as_of
    WHEN NOT locating.has_full_information
      THEN locating.needed_from_on + coalesce(
        to_months(CAST($poor_months AS INTEGER)), to_years(CAST($poor_years AS INTEGER))) <= $as_of
  END                                                                          AS locate_has_failed,
  'caseload.locating@' || locating.source_file || ':' || locating.source_line  AS locate_src
FROM caseload.cases AS cases
JOIN caseload.locating AS locating
  ON locating.case_id = cases.case_id AND locating.person_id = cases.obligor_id
WHERE locating.needed_from_on <= $as_of
