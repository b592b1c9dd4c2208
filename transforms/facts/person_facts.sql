-- One row per person who owes in a case: what they owe in all their open cases, and what is known of themselves.
-- A sum over cases is known only where every one of its parts is.
WITH
came AS (
  SELECT arrivals.feed, arrivals.source_file, coalesce(arrivals.period_on, arrivals.received_on) AS came_on
  FROM staging.arrivals AS arrivals
  JOIN staging.currency AS currency USING (feed)
  WHERE coalesce(arrivals.period_on, arrivals.received_on) >= $as_of - CAST(currency.stale_after_days AS INTEGER)
),
document AS (
  SELECT
    links.person_id,
    count(*) FILTER (told.refused_because IS NULL)                                  AS documents,
    max(told.tax_year) FILTER (told.refused_because IS NULL)                        AS tax_year,
    arg_max(told.payer_name, (told.tax_year, told.largest_cents, links.source_file, links.source_line))
      FILTER (told.refused_because IS NULL)                                         AS payer_name,
    arg_max(told.document_kind, (told.tax_year, told.largest_cents, links.source_file, links.source_line))
      FILTER (told.refused_because IS NULL)                                         AS document_kind,
    max(told.largest_cents) FILTER (told.refused_because IS NULL)                   AS largest_cents,
    max(told.refused_because)                                                       AS refused_because,
    string_agg('asset_information.asset_information@' || links.source_file || ':' || links.source_line, ';'
      ORDER BY links.source_file, links.source_line)                                AS src
  FROM match.links AS links
  JOIN came USING (feed, source_file)
  JOIN staging.asset_information AS told USING (source_file, source_line)
  -- A payer whom the caseload or the banks name already is no news.
  ANTI JOIN caseload.employers AS known_payor
    ON known_payor.person_id = links.person_id AND known_payor.fein = told.payer_ein
  ANTI JOIN facts.bank_lines AS account
    ON account.person_id = links.person_id AND account.institution_tin = told.payer_ein
  WHERE links.feed = 'asset_information'
  GROUP BY links.person_id
),
dividend AS (
  SELECT
    links.person_id,
    max(came.came_on)                                                               AS dividend_on,
    max('alaska_dividends.alaska_dividends@' || links.source_file || ':' || links.source_line) AS src
  FROM match.links AS links
  JOIN came USING (feed, source_file)
  ANTI JOIN caseload.lump_sums AS entered
    ON entered.person_id = links.person_id AND entered.told_on >= came.came_on
  WHERE links.feed = 'alaska_dividends'
  GROUP BY links.person_id
),
claimant AS (
  -- A number without a name: whose it may be, for a person to compare.
  SELECT
    people.person_id,
    max(told.told_on)                                                               AS claimed_on,
    max('unemployment_claimants.unemployment_claimants@' || told.source_file || ':' || told.source_line) AS src
  FROM staging.unemployment_claimants AS told
  JOIN came ON came.feed = 'unemployment_claimants' AND came.source_file = told.source_file
  JOIN match.people AS people ON people.person_token = told.person_token
  ANTI JOIN caseload.unemployment_claims AS entered
    ON entered.person_id = people.person_id AND coalesce(entered.to_on >= told.told_on, true)
  WHERE told.ssn_fault IS NULL
  GROUP BY people.person_id
),
wage AS (
  SELECT
    person.person_id,
    max(told.quarter_ends_on)                                                       AS quarter_ends_on,
    arg_max(told.employer_name, (told.quarter_ends_on, told.amount_cents, told.source_file, told.source_line)) AS payor_name,
    arg_max(told.amount_cents, (told.quarter_ends_on, told.amount_cents, told.source_file, told.source_line)) AS cents,
    string_agg('state_wages.state_wages@' || told.source_file || ':' || told.source_line, ';'
      ORDER BY told.source_file, told.source_line)                                  AS src
  FROM staging.state_wages AS told
  JOIN came ON came.feed = 'state_wages' AND came.source_file = told.source_file
  JOIN caseload.persons AS person ON person.person_id = told.person_id AND person.person_token = told.person_token
  -- Whoever has a payor that goes on is found already; the state's own number of a payor leads to no order.
  ANTI JOIN caseload.employers AS entered
    ON entered.person_id = person.person_id AND coalesce(entered.to_on >= told.quarter_ends_on, true)
  WHERE told.kind = 'wages' AND told.quarter_ends_on <= $as_of
  GROUP BY person.person_id
),
license_answer AS (
  SELECT 'dmv_non_matches' AS feed, person_id, person_token, status, reason, source_file, source_line
  FROM staging.dmv_non_matches
  UNION ALL
  SELECT 'dmv_license_errors', person_id, person_token, status, reason, source_file, source_line
  FROM staging.dmv_license_errors
),
license AS (
  SELECT
    person.person_id,
    max(came.came_on)                                                               AS problem_on,
    arg_max(concat_ws(' ', told.status, told.reason), (came.came_on, told.feed, told.source_file, told.source_line)) AS problem,
    max(told.feed || '.' || told.feed || '@' || told.source_file || ':' || told.source_line) AS src
  FROM license_answer AS told
  JOIN came USING (feed, source_file)
  JOIN caseload.persons AS person ON person.person_id = told.person_id AND person.person_token = told.person_token
  -- A license that is known by now answers it.
  ANTI JOIN facts.licenses AS found ON found.person_id = person.person_id AND found.license_kind = 'driver'
  GROUP BY person.person_id
),
-- One row per person of whom a partner told something that no other table holds: income or property in a tax document, a
-- dividend, a new claim for benefits, wages, a license that could not be worked. Each is a question for a caseworker and
-- nothing else; it stands until the caseload answers it, and no longer than its feed is believed.
leads AS (
  SELECT
    person_id,
    document.documents                                                                AS tax_documents,
    document.tax_year,
    document.payer_name                                                               AS tax_payer_name,
    document.document_kind                                                            AS tax_document_kind,
    document.largest_cents                                                            AS tax_document_cents,
    document.refused_because                                                          AS tax_answer_refused,
    document.src                                                                      AS tax_src,
    dividend.dividend_on,
    dividend.src                                                                      AS dividend_src,
    claimant.claimed_on                                                               AS benefit_claimed_on,
    claimant.src                                                                      AS benefit_claim_src,
    wage.quarter_ends_on                                                              AS state_wage_ends_on,
    wage.payor_name                                                                   AS state_wage_payor_name,
    wage.cents                                                                        AS state_wage_cents,
    wage.src                                                                          AS state_wage_src,
    license.problem_on                                                                AS license_problem_on,
    license.problem                                                                   AS license_problem,
    license.src                                                                       AS license_problem_src
  FROM document
  FULL JOIN dividend USING (person_id)
  FULL JOIN claimant USING (person_id)
  FULL JOIN wage USING (person_id)
  FULL JOIN license USING (person_id)
),
debt AS (
  SELECT
    person_id,
    list_sort(list(case_id) FILTER (counts_for_state))                             AS cases_counted,
    CASE WHEN count(*) = count(state_cents) THEN sum(state_cents) END              AS liquidated,
    CASE WHEN count(*) = count(past_due_cents) THEN sum(past_due_cents) END        AS past_due,
    CASE WHEN count(*) = count(enforceable_cents) THEN sum(enforceable_cents) END  AS enforceable,
    CASE WHEN count(*) = count(owed_cents) THEN sum(owed_cents) END                AS owed
  FROM facts.case_debts
  GROUP BY person_id
),
-- One question about a person who was keyed twice, also where both entries owe.
asked AS (
  SELECT min(guards.person_id) AS person_id, identity.keyed_as
  FROM facts.person_guards AS guards
  JOIN facts.identity AS identity USING (person_id)
  WHERE identity.keyed_as IS NOT NULL
  GROUP BY identity.keyed_as
)
SELECT
  guards.person_id                                                AS subject_id,
  CAST(NULL AS VARCHAR)                                           AS case_id,
  guards.person_id,
  cases.office,
  cases.worker,
  guards.* EXCLUDE (person_id, first_case_id, twin_cases),
  coalesce(guards.twin_cases, CAST([] AS VARCHAR[]))               AS twin_cases,
  coalesce(debt.cases_counted, CAST([] AS VARCHAR[]))             AS cases_counted,
  CAST(debt.liquidated AS BIGINT)                                 AS liquidated_cents,
  CAST(debt.past_due AS BIGINT)                                   AS past_due_cents,
  CAST(debt.enforceable AS BIGINT)                                AS enforceable_cents,
  CAST(debt.owed AS BIGINT)                                       AS owed_cents,
  coalesce(asked.keyed_as, CAST([] AS VARCHAR[]))                 AS keyed_as,
  leads.* EXCLUDE (person_id)
FROM facts.person_guards AS guards
JOIN caseload.cases AS cases ON cases.case_id = guards.first_case_id
JOIN debt USING (person_id)
LEFT JOIN asked USING (person_id)
LEFT JOIN leads USING (person_id)
