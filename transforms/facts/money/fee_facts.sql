-- One row per case and federal fiscal year: the year of the last day that the disbursements are known of, and the year
-- before it where its fee was announced, so that what was announced in September is charged in October. Only what was
-- sent to the family and stayed counts, on the day on which it was sent. Line and fee are those of the year's own law.
WITH
latest AS (
  SELECT
    CAST(date_trunc('year', day - to_months($year_begins_after)) + to_months($year_begins_after) AS DATE) AS begins_on
  FROM (SELECT least(coalesce(disbursements_through_on, $as_of), $as_of) AS day FROM facts.money_known)
),
year AS (
  SELECT
    CAST(begins_on - to_years(before) AS DATE)                                    AS begins_on,
    CAST(begins_on + to_years(1 - before) AS DATE) - 1                            AS ends_on,
    CAST(extract('year' FROM begins_on + to_years(1 - before)) AS VARCHAR)        AS fiscal_year,
    before = 1                                                                    AS is_past
  FROM latest
  CROSS JOIN (VALUES (0), (1)) AS one(before)
),
paid AS (
  SELECT
    told.case_id,
    year.fiscal_year,
    sum(told.counted_cents)                                                       AS cents,
    string_agg('caseload.disbursements@' || told.source_file || ':' || told.source_line, ';'
      ORDER BY told.source_file, told.source_line)                                AS src
  FROM facts.disbursed AS told
  JOIN year ON told.disbursed_on BETWEEN year.begins_on AND year.ends_on
  WHERE told.paid_to = 'family'
  GROUP BY told.case_id, year.fiscal_year
),
assisted AS (
  SELECT case_id FROM caseload.assistance_spells
  UNION
  SELECT case_id FROM caseload.assistance WHERE unreimbursed_cents > 0
),
announced AS (
  SELECT DISTINCT subject_id
  FROM ledger.published
  WHERE remedy = 'service_fee' AND step = 'notice'
),
taken AS (
  SELECT
    fees.case_id,
    count(*) FILTER (year.is_past)                                                AS in_past,
    count(*) FILTER (NOT year.is_past)                                            AS in_latest
  FROM caseload.fees AS fees
  JOIN year ON fees.taken_on BETWEEN year.begins_on AND year.ends_on
  WHERE fees.kind = 'annual' AND fees.amount_cents > 0
  GROUP BY fees.case_id
),
row AS (
  SELECT
    fact.*,
    year.*,
    fact.case_id || '/' || year.fiscal_year                                       AS fee_id,
    coalesce(taken.in_past, 0)                                                    AS in_past,
    coalesce(taken.in_latest, 0)                                                  AS in_latest,
    bool_or(announced.subject_id IS NOT NULL AND year.is_past) OVER (PARTITION BY fact.case_id) AS past_is_announced
  FROM facts.case_facts AS fact
  CROSS JOIN year
  LEFT JOIN taken ON taken.case_id = fact.case_id
  LEFT JOIN announced ON announced.subject_id = fact.case_id || '/' || year.fiscal_year
)
SELECT
  row.fee_id                                                                      AS subject_id,
  row.case_id,
  row.fiscal_year,
  row.begins_on                                                                   AS fiscal_year_begins_on,
  row.ends_on                                                                     AS fiscal_year_ends_on,
  CASE WHEN assisted.case_id IS NOT NULL OR row.case_class <> 'never_assistance' THEN false
    WHEN row.case_class = 'never_assistance' THEN true END                        AS never_had_assistance,
  CASE WHEN known.disbursements THEN CAST(coalesce(paid.cents, 0) AS BIGINT) END  AS disbursed_cents,
  paid.src                                                                        AS disbursed_src,
  -- Where last year's fee was announced and not taken in its year, the first one taken since is last year's.
  CASE
    WHEN row.is_past THEN row.in_past + row.in_latest > 0 OR CASE WHEN known.fees THEN false END
    WHEN row.in_latest - CASE WHEN row.past_is_announced AND row.in_past = 0 THEN 1 ELSE 0 END > 0 THEN true
    WHEN known.fees THEN false
  END                                                                             AS fee_is_taken,
  CAST(line.value AS BIGINT)                                                      AS threshold_cents,
  CAST(fee.value AS BIGINT)                                                       AS fee_cents
FROM row
CROSS JOIN facts.money_known AS known
LEFT JOIN paid ON paid.case_id = row.case_id AND paid.fiscal_year = row.fiscal_year
LEFT JOIN assisted ON assisted.case_id = row.case_id
LEFT JOIN law.fee_line AS line ON row.begins_on BETWEEN line.from_on AND line.until_on
LEFT JOIN law.fee AS fee ON row.begins_on BETWEEN fee.from_on AND fee.until_on
WHERE CASE WHEN row.is_past THEN row.past_is_announced ELSE paid.case_id IS NOT NULL OR row.in_latest > 0 END
