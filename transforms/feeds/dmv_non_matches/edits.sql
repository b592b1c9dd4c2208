-- One row per answer; the first true column is the reason it is set aside.
SELECT
  'answer' AS record,
  source_line,
  person_number IS NULL
    AS "the answer does not say about whom it is"
FROM answer
