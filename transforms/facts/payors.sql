-- One row per payor: where an order for it goes, and whether it takes orders through the federal portal. The agency's own
-- list comes first, then the address that a report of a hire or wages brought, then the portal's and the federal list.
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
  SELECT fein, payor_name, line_1, city, state, zip, 1 AS place, hired_on AS day, source_file, source_line, src
  FROM facts.hires
  WHERE fein IS NOT NULL
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
  UNION ALL BY NAME
  SELECT
    employer_fein                                                        AS fein,
    employer_name                                                        AS payor_name,
    employer_street                                                      AS line_1,
    employer_street_2                                                    AS line_2,
    employer_city                                                        AS city,
    employer_state                                                       AS state,
    employer_zip                                                         AS zip,
    1 + 1 + 1                                                            AS place,
    takes_from_on                                                        AS day,
    source_file,
    source_line,
    'eiwo_employers.eiwo_employers@' || source_file || ':' || source_line AS src
  FROM staging.eiwo_employers
  UNION ALL BY NAME
  SELECT
    listed.employer_fein                                                 AS fein,
    listed.employer_name                                                 AS payor_name,
    listed.employer_street                                               AS line_1,
    listed.employer_street_2                                             AS line_2,
    listed.employer_city                                                 AS city,
    listed.employer_state                                                AS state,
    listed.employer_zip                                                  AS zip,
    1 + 1 + 1 + 1                                                        AS place,
    coalesce(came.period_on, came.received_on)                           AS day,
    listed.source_file,
    listed.source_line,
    'federal_employers.federal_employers@' || listed.source_file || ':' || listed.source_line AS src
  FROM staging.federal_employers AS listed
  LEFT JOIN staging.arrivals AS came ON came.feed = 'federal_employers' AND came.source_file = listed.source_file
),
-- What the portal's own list says goes before what the agency had noted.
portal AS (
  SELECT
    employer_fein                                                        AS fein,
    CASE
      WHEN bool_or(is_active AND takes_from_on <= $as_of) THEN true
      WHEN bool_and(NOT is_active OR takes_from_on > $as_of) THEN false
    END                                                                  AS takes_electronic,
    string_agg('eiwo_employers.eiwo_employers@' || source_file || ':' || source_line, ';'
      ORDER BY source_file, source_line)                                 AS src
  FROM staging.eiwo_employers
  GROUP BY employer_fein
),
best AS (
  SELECT
    -- The agency's own word on the portal counts wherever the address is from.
    * EXCLUDE (source_file, source_line) REPLACE (bool_or(takes_electronic) OVER (PARTITION BY fein) AS takes_electronic),
    line_1 IS NOT NULL AND city IS NOT NULL AND state IS NOT NULL AND zip IS NOT NULL AS has_address
  FROM told
  QUALIFY row_number() OVER (
    PARTITION BY fein
    ORDER BY
      line_1 IS NOT NULL AND city IS NOT NULL AND state IS NOT NULL AND zip IS NOT NULL DESC,
      place, day DESC NULLS LAST, source_file, source_line) = 1
)
SELECT
  best.* REPLACE (
    coalesce(portal.takes_electronic, best.takes_electronic)             AS takes_electronic,
    CASE WHEN portal.src IS NULL OR contains(portal.src, best.src) THEN coalesce(portal.src, best.src)
      ELSE best.src || ';' || portal.src END                             AS src
  )
FROM best
LEFT JOIN portal USING (fein)
