-- One row per match; the first true column is the reason it is set aside.
SELECT
  'match' AS record,
  source_line,
  (matched_case_id IS NULL OR matched_case_state IS NULL) AND matched_date_of_death IS NULL
    AS "a match that names no case of another state"
FROM match
