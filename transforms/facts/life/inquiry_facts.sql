-- One row per parent who owes support: which agencies were asked about them and when, and whether it is time to ask. A
-- list to all banks, or to another state, goes as a whole; the others are asked about each parent by themselves.
WITH
asked AS (
  SELECT
    person_id,
    max(published_on) FILTER (queue = 'tax_inquiries')                         AS tax_asked_on,
    max(published_on) FILTER (queue = 'license_inquiries')                     AS license_asked_on,
    max(published_on) FILTER (queue = 'hire_inquiries')                        AS hires_asked_on
  FROM ledger.published
  WHERE queue IN ('tax_inquiries', 'license_inquiries', 'hire_inquiries')
  GROUP BY person_id
),
of_cases AS (
  SELECT
    fact.person_id,
    CASE WHEN bool_or(fact.case_is_open AND fact.order_is_accruing) THEN true
      WHEN bool_and((fact.case_is_open AND fact.order_is_accruing) IS NOT NULL) THEN false END
                                                                               AS support_runs,
    any_value(fact.driver_license_count)                                       AS driver_license_count,
    bool_and(fresh.employers)                                                  AS employers_are_known
  FROM facts.case_facts AS fact
  JOIN facts.life_fresh AS fresh USING (case_id)
  GROUP BY fact.person_id
),
payor AS (
  SELECT DISTINCT person_id FROM caseload.employers WHERE to_on IS NULL OR to_on > $as_of
)
SELECT
  of_cases.person_id                                                           AS subject_id,
  of_cases.support_runs,
  of_cases.driver_license_count,
  CASE WHEN payor.person_id IS NOT NULL THEN true WHEN of_cases.employers_are_known THEN false END
                                                                               AS payor_is_known,
  list.bank_list_on,
  coalesce(list.bank_list_on + to_months(CAST($bank_months AS INTEGER)) <= $as_of, true) AS bank_list_is_due,
  list.dividend_list_on,
  strftime($as_of, '%m-%d') BETWEEN $dividend_from AND $dividend_by
    AND coalesce(strftime(list.dividend_list_on, '%Y') <> strftime($as_of, '%Y'), true) AS dividend_list_is_due,
  asked.tax_asked_on,
  coalesce(asked.tax_asked_on + to_months(CAST($tax_months AS INTEGER)) <= $as_of, true) AS tax_ask_is_due,
  asked.license_asked_on,
  coalesce(asked.license_asked_on + to_months(CAST($license_months AS INTEGER)) <= $as_of, true) AS license_ask_is_due,
  asked.hires_asked_on,
  coalesce(asked.hires_asked_on + to_months(CAST($hires_months AS INTEGER)) <= $as_of, true) AS hires_ask_is_due
FROM of_cases
CROSS JOIN facts.inquiry_lists AS list
LEFT JOIN asked USING (person_id)
LEFT JOIN payor USING (person_id)
