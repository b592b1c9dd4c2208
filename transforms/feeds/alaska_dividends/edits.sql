-- One row per answer; the first true column is the reason it is set aside.
SELECT
  'answer' AS record,
  source_line,
  applicant_last_name IS NULL
    AS "no applicant is named: no answer that anything was found"
FROM answer
