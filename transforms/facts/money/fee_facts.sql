-- One row per case and federal fiscal year: the year of the last day that the disbursements are known of. Only what was
-- sent to the family counts, on the day on which it was sent.
WITH
year AS (
  SELECT
    CAST(date_trunc('year', day - to_months($year_begins_after)) + to_months($year_begins_after) AS DATE) AS begins_on
  FROM (SELECT least(coalesce(disbursements_through_on, $as_of), $as_of) AS day FROM facts.money_known)
),
named AS (
  SELECT
    begins_on,
    CAST(begins_on + to_years(1) AS DATE) - 1                                     AS ends_on,
    CAST(extract('year' FROM begins_on + to_years(1)) AS VARCHAR)                 AS fiscal_year
  FROM year
),
paid AS (
  SELECT
    case_id,
    sum(amount_cents)                                                             AS cents,
    string_agg('caseload.disbursements@' || source_file || ':' || source_line, ';'
      ORDER BY source_file, source_line)                                          AS src
  FROM caseload.disbursements
  CROSS JOIN named
  WHERE paid_to = 'family' AND status = 'sent' AND disbursed_on BETWEEN named.begins_on AND named.ends_on
    AND disbursed_on <= $as_of
  GROUP BY case_id
),
assisted AS (
  SELECT case_id FROM caseload.assistance_spells
  UNION
  SELECT case_id FROM caseload.assistance WHERE unreimbursed_cents > 0
),
taken AS (
  SELECT fees.case_id, sum(fees.amount_cents) AS cents
  FROM caseload.fees AS fees
  CROSS JOIN named
  WHERE fees.kind = 'annual' AND fees.taken_on BETWEEN named.begins_on AND named.ends_on
  GROUP BY fees.case_id
)
SELECT
  fact.case_id || '/' || named.fiscal_year                                        AS subject_id,
  fact.case_id,
  fact.person_id,
  fact.office,
  fact.worker,
  named.fiscal_year,
  named.begins_on                                                                 AS fiscal_year_begins_on,
  named.ends_on                                                                   AS fiscal_year_ends_on,
  fact.case_is_open,
  fact.interstate,
  fact.case_src,
  CASE WHEN assisted.case_id IS NOT NULL OR fact.case_class <> 'never_assistance' THEN false
    WHEN fact.case_class = 'never_assistance' THEN true END                       AS never_had_assistance,
  CASE WHEN known.disbursements THEN CAST(coalesce(paid.cents, 0) AS BIGINT) END  AS disbursed_cents,
  paid.src                                                                        AS disbursed_src,
  CASE WHEN taken.cents > 0 THEN true WHEN known.fees THEN false END              AS fee_is_taken,
  CAST($fee_cents AS BIGINT)                                                      AS fee_cents
FROM facts.case_facts AS fact
CROSS JOIN named
CROSS JOIN facts.money_known AS known
LEFT JOIN paid USING (case_id)
LEFT JOIN assisted USING (case_id)
LEFT JOIN taken USING (case_id)
WHERE paid.case_id IS NOT NULL OR taken.case_id IS NOT NULL
