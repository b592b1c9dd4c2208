-- One row per person who owes: whether they get unemployment benefits, what support asks of them by the week, and
-- what the unemployment agency was told and took.
WITH
own AS (
  SELECT
    person_id,
    bool_or(coalesce(to_on > $as_of, true))                              AS goes_on,
    max(from_on)                                                         AS from_on,
    max(to_on) FILTER (to_on <= $as_of)                                  AS to_on,
    arg_max(weekly_benefit_cents, from_on)                               AS weekly_benefit_cents,
    string_agg('caseload.unemployment_claims@' || source_file || ':' || source_line, ';'
      ORDER BY source_file, source_line)                                 AS src
  FROM caseload.unemployment_claims
  WHERE from_on <= $as_of
  GROUP BY person_id
),
paid AS (
  SELECT links.person_id, benefits.quarter_ends_on, benefits.benefit_cents, benefits.paying_state,
    links.source_file, links.source_line,
    'unemployment_matches.unemployment_matches@' || links.source_file || ':' || links.source_line AS src
  FROM match.links AS links
  JOIN staging.unemployment_matches AS benefits USING (source_file, source_line)
  WHERE links.feed = 'unemployment_matches'
  UNION ALL
  -- The state's own agency answers by our own person number; the number in its line has to be theirs as well.
  SELECT person.person_id, told.quarter_ends_on, told.amount_cents, $state, told.source_file, told.source_line,
    'state_wages.state_wages@' || told.source_file || ':' || told.source_line
  FROM staging.state_wages AS told
  JOIN caseload.persons AS person ON person.person_id = told.person_id AND person.person_token = told.person_token
  WHERE told.kind = 'benefits'
),
matched AS (
  SELECT
    person_id,
    max(quarter_ends_on)                                                 AS quarter_ends_on,
    arg_max(benefit_cents, (quarter_ends_on, source_file, source_line))  AS quarter_benefit_cents,
    arg_max(paying_state, (quarter_ends_on, source_file, source_line))   AS paying_state,
    string_agg(src, ';' ORDER BY source_file, source_line)               AS src
  FROM paid
  WHERE quarter_ends_on <= $as_of AND benefit_cents > 0
  GROUP BY person_id
),
near AS (
  SELECT
    coalesce(bool_or(is_current) FILTER (name = 'unemployment_claims'), false)  AS claims,
    coalesce(bool_or(is_current) FILTER (name = 'unemployment_matches'), false) AS matches,
    coalesce(bool_or(is_current) FILTER (name = 'withheld'), false)             AS withheld,
    coalesce(bool_or(is_current) FILTER (name = 'unemployment_withholdings'), false) AS withholdings
  FROM facts.fresh
),
-- A line of theirs that could not be read may have told of a claim.
lost AS (
  SELECT DISTINCT person_id
  FROM caseload.rejected
  WHERE table_name = 'unemployment_claims' AND person_id IS NOT NULL
),
asked AS (
  SELECT
    person_id,
    list_sort(list(case_id) FILTER (counts AND current_weekly_cents + debt_weekly_cents > 0)) AS cases_counted,
    CASE WHEN count(*) = count(current_weekly_cents) THEN sum(current_weekly_cents) END       AS current_cents,
    CASE WHEN count(*) = count(debt_weekly_cents) THEN sum(debt_weekly_cents) END             AS debt_cents,
    sum(debt_not_gated_cents)                                            AS not_gated_cents
  FROM facts.unemployment_cases
  GROUP BY person_id
),
sent AS (
  SELECT
    person_id,
    arg_max(kind, (published_on, coalesce(batch_no, 0))) <> 'release'    AS order_in_place,
    max(published_on) FILTER (kind = 'send')                             AS sent_on,
    arg_max(amount_cents, (published_on, coalesce(batch_no, 0))) FILTER (kind <> 'release') AS ordered_cents,
    arg_max(published_on, (published_on, coalesce(batch_no, 0)))         AS told_on
  FROM ledger.published
  WHERE queue = 'unemployment'
  GROUP BY person_id
),
taken AS (
  -- The agency answers by our own person number; the number in its line has to be theirs as well.
  SELECT
    person.person_id,
    taken.paid_on,
    sum(taken.amount_cents)                                              AS cents,
    string_agg('unemployment_withholdings.unemployment_withholdings@' || taken.source_file || ':' || taken.source_line,
      ';' ORDER BY taken.source_file, taken.source_line)                 AS src
  FROM staging.unemployment_withholdings AS taken
  JOIN caseload.persons AS person ON person.person_id = taken.person_id AND person.person_token = taken.person_token
  WHERE taken.paid_on <= $as_of
  GROUP BY ALL
),
-- The agency's last list of the payments from which it withheld: one row.
list AS (
  SELECT
    max(file_date)                                                       AS listed_on,
    min(paid_on) FILTER (file_date = (SELECT max(file_date) FROM staging.unemployment_withholdings)) AS from_on
  FROM staging.unemployment_withholdings
),
-- Pay from which support was withheld: nobody pays the same support twice.
pay AS (
  SELECT cases.obligor_id AS person_id, max(pay.last_withheld_on) AS last_withheld_on
  FROM facts.withheld_pay AS pay
  JOIN caseload.cases AS cases USING (case_id)
  GROUP BY cases.obligor_id
),
last_taken AS (
  SELECT
    person_id,
    max(paid_on)                                                         AS paid_on,
    arg_max(cents, paid_on)                                              AS cents,
    arg_max(src, paid_on)                                                AS src
  FROM taken
  GROUP BY person_id
)
SELECT
  guards.person_id                                                       AS subject_id,
  coalesce(asked.cases_counted, CAST([] AS VARCHAR[]))                   AS cases_counted,
  CASE
    WHEN own.goes_on THEN true
    WHEN own.to_on IS NOT NULL AND coalesce(own.to_on >= matched.quarter_ends_on, true) THEN false
    WHEN matched.quarter_ends_on + to_months(CAST($claim_lead_months AS INTEGER)) >= $as_of THEN true
    WHEN matched.person_id IS NOT NULL OR lost.person_id IS NOT NULL THEN NULL
    WHEN near.claims OR near.matches THEN false
  END                                                                    AS benefit_goes_on,
  CASE
    WHEN own.goes_on THEN true
    WHEN matched.paying_state IS NOT NULL THEN matched.paying_state = $state
    WHEN matched.person_id IS NULL AND (near.claims OR near.matches) THEN false
  END                                                                    AS benefit_is_paid_here,
  CASE
    WHEN pay.last_withheld_on > coalesce(own.from_on, matched.quarter_ends_on) THEN true
    WHEN near.withheld THEN false
  END                                                                    AS wages_are_withheld,
  matched.paying_state,
  own.from_on                                                            AS claim_from_on,
  own.to_on                                                              AS claim_ended_on,
  own.weekly_benefit_cents,
  matched.quarter_benefit_cents,
  matched.quarter_ends_on                                                AS benefit_quarter_ends_on,
  CAST(asked.current_cents AS BIGINT)                                    AS current_weekly_cents,
  CAST(asked.debt_cents AS BIGINT)                                       AS debt_weekly_cents,
  CAST(asked.current_cents + asked.debt_cents AS BIGINT)                 AS deduction_weekly_cents,
  CAST(coalesce(asked.not_gated_cents, 0) AS BIGINT)                     AS debt_not_gated_cents,
  coalesce(sent.order_in_place, false)                                   AS order_in_place,
  sent.sent_on                                                           AS order_sent_on,
  sent.ordered_cents,
  last_taken.paid_on                                                     AS last_taken_on,
  CAST(last_taken.cents AS BIGINT)                                       AS last_taken_cents,
  -- What was taken in one payment beyond what the order says, or without one.
  CAST(CASE
    WHEN last_taken.paid_on > sent.told_on AND sent.order_in_place THEN greatest(last_taken.cents - sent.ordered_cents, 0)
    WHEN last_taken.paid_on > sent.told_on OR sent.person_id IS NULL THEN last_taken.cents
  END AS BIGINT)                                                         AS over_taken_cents,
  list.listed_on                                                         AS withholdings_listed_on,
  -- The order was there before the first payment of the list.
  CASE WHEN near.withholdings AND sent.order_in_place AND sent.told_on < list.from_on
    THEN coalesce(last_taken.paid_on < list.from_on, true) END           AS is_not_taken,
  nullif(concat_ws(';', own.src, matched.src), '')                       AS benefit_src,
  last_taken.src                                                         AS taken_src
FROM facts.person_guards AS guards
CROSS JOIN near
CROSS JOIN list
LEFT JOIN asked USING (person_id)
LEFT JOIN own USING (person_id)
LEFT JOIN matched USING (person_id)
LEFT JOIN lost USING (person_id)
LEFT JOIN sent USING (person_id)
LEFT JOIN pay USING (person_id)
LEFT JOIN last_taken USING (person_id)
