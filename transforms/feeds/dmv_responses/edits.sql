-- One row per answer; the first true column is the reason it is set aside.
SELECT
  'response' AS record,
  source_line,
  license_number IS NULL
    AS "the answer names no license",
  result_type IN ('2', '4') AND denial_reason IS NULL
    AS "a refusal without its reason"
FROM response
