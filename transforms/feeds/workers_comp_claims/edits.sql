-- One row per claim; the first true column is the reason it is set aside.
SELECT
  'claim' AS record,
  source_line,
  administrative_claim_number IS NULL AND agency_claim_number IS NULL
    AS "the claim has no number",
  NOT regexp_full_match(weekly_rate, '[0-9]+([.][0-9][0-9])?')
    AS "the weekly rate is not an amount"
FROM claim
