-- One row per payor: where an order for it goes. The agency's own list comes first, then the address that a
-- new-hire match or wages brought.
WITH
told AS (
  SELECT
    fein,
    payor_name,
    line_1,
    line_2,
    city,
    state,
    zip,
    takes_electronic,
    0                                                                    AS place,
    CAST(NULL AS DATE)                                                   AS day,
    source_file,
    source_line,
    'caseload.payors@' || source_file || ':' || source_line              AS src
  FROM caseload.payors
  UNION ALL BY NAME
  SELECT
    employer_fein                                                        AS fein,
    employer_name                                                        AS payor_name,
    employer_street                                                      AS line_1,
    employer_city                                                        AS city,
    employer_state                                                       AS state,
    employer_zip                                                         AS zip,
    1                                                                    AS place,
    hired_on                                                             AS day,
    source_file,
    source_line,
    'employer_new_hires.employer_new_hires@' || source_file || ':' || source_line AS src
  FROM staging.employer_new_hires
  WHERE employer_fein IS NOT NULL
  UNION ALL BY NAME
  SELECT
    employer_fein                                                        AS fein,
    employer_name                                                        AS payor_name,
    employer_street                                                      AS line_1,
    employer_city                                                        AS city,
    employer_state                                                       AS state,
    employer_zip                                                         AS zip,
    1 + 1                                                                AS place,
    quarter_ends_on                                                      AS day,
    source_file,
    source_line,
    'employer_wages.employer_wages@' || source_file || ':' || source_line AS src
  FROM staging.employer_wages
  WHERE employer_fein IS NOT NULL
)
SELECT
  * EXCLUDE (source_file, source_line),
  line_1 IS NOT NULL AND city IS NOT NULL AND state IS NOT NULL AND zip IS NOT NULL AS has_address
FROM told
QUALIFY row_number() OVER (
  PARTITION BY fein
  ORDER BY
    line_1 IS NOT NULL AND city IS NOT NULL AND state IS NOT NULL AND zip IS NOT NULL DESC,
    place, day DESC NULLS LAST, source_file, source_line) = 1
