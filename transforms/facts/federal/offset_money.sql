-- One row per payment that was offset, or taken back, by the Treasury or the state's tax agency: how much more it is
-- than what we had certified that day, and whether and how long it is held.
WITH
guard AS (
  SELECT
    guards.person_id,
    guards.person_src,
    cases.office,
    cases.worker,
    persons.person_token,
    persons.died_on,
    benefits.died_match_on,
    benefits.in_prison
  FROM facts.person_guards AS guards
  JOIN caseload.cases AS cases ON cases.case_id = guards.first_case_id
  LEFT JOIN caseload.persons AS persons USING (person_id)
  LEFT JOIN facts.benefits_known AS benefits USING (person_id)
),
line AS (
  SELECT
    'federal_collections'                                                           AS feed,
    money.source_file,
    money.source_line,
    money.person_id,
    money.case_type,
    money.person_id || '-' || money.case_type                                       AS record,
    'federal_offset'                                                                AS queue,
    money.offset_type                                                               AS money_kind,
    coalesce(arrivals.period_on, arrivals.received_on)                              AS received_on,
    money.collected_cents,
    money.adjusted_cents,
    money.adjusted_year,
    money.certified_cents                                                           AS partner_cents,
    money.is_joint_return AND money.offset_type = 'TAX'                             AS is_joint,
    money.injured_spouse IS NOT DISTINCT FROM 'Y'                                   AS spouse_is_paid,
    coalesce(money.person_token <> guard.person_token, false)                       AS number_differs
  FROM staging.federal_collections AS money
  JOIN staging.arrivals AS arrivals
    ON arrivals.feed = 'federal_collections' AND arrivals.source_file = money.source_file
  LEFT JOIN guard ON guard.person_id = money.person_id
  UNION ALL BY NAME
  SELECT
    'state_tax_refunds'                                                             AS feed,
    source_file,
    source_line,
    person_id,
    person_id                                                                       AS record,
    'state_tax_setoff'                                                              AS queue,
    'STATE'                                                                         AS money_kind,
    created_on                                                                      AS received_on,
    amount_cents                                                                    AS collected_cents,
    0                                                                               AS adjusted_cents,
    false                                                                           AS is_joint,
    false                                                                           AS spouse_is_paid,
    false                                                                           AS number_differs
  FROM staging.state_tax_refunds
),
-- What stood certified on the day the money came: the last word before it; a withdrawal is nothing.
said AS (
  SELECT
    queue,
    subject_id                                                                      AS record,
    published_on,
    arg_max(CASE WHEN kind = 'release' THEN 0 ELSE amount_cents END,
      (coalesce(batch_no, 0), action_id))                                           AS cents
  FROM ledger.published
  WHERE queue IN ('federal_offset', 'state_tax_setoff')
  GROUP BY ALL
),
certified AS (
  SELECT
    line.*,
    said.cents                                                                      AS certified_cents,
    sum(line.collected_cents) OVER (
      PARTITION BY line.queue, line.record, said.published_on
      ORDER BY line.received_on, line.source_file, line.source_line)                AS running_cents,
    row_number() OVER (
      PARTITION BY line.queue, line.record, line.received_on, line.collected_cents
      ORDER BY line.source_file, line.source_line)                                  AS of_equals
  FROM line
  ASOF LEFT JOIN said
    ON said.queue = line.queue AND said.record = line.record AND said.published_on <= line.received_on
  WHERE coalesce(line.received_on <= $as_of, true)
),
-- What the agency entered of the hold: settled with the spouse, heard, ended.
entered AS (
  SELECT
    *,
    CASE source WHEN 'federal' THEN 'federal_offset' ELSE 'state_tax_setoff' END    AS queue,
    CASE source WHEN 'federal' THEN person_id || '-' || case_type ELSE person_id END AS record,
    'caseload.refund_holds@' || source_file || ':' || source_line                   AS src,
    row_number() OVER (
      PARTITION BY source, person_id, case_type, received_on, amount_cents ORDER BY hold_id) AS of_equals
  FROM caseload.refund_holds
),
judged AS (
  SELECT
    certified.*,
    entered.hold_id,
    CASE WHEN entered.appeal_decided_on <= $as_of THEN entered.appeal_decided_on END AS appeal_decided_on,
    CASE WHEN entered.spouse_settled_on <= $as_of THEN entered.spouse_settled_on END AS spouse_settled_on,
    CASE WHEN entered.ended_on <= $as_of THEN entered.ended_on END                  AS entered_ended_on,
    entered.src                                                                     AS hold_src,
    CASE
      WHEN certified.collected_cents = 0 THEN NULL
      -- The assigned part is not held for a spouse; a claim that was worked already is paid at once.
      WHEN certified.is_joint AND certified.case_type = 'N' AND NOT certified.spouse_is_paid THEN 'joint_return'
      WHEN certified.money_kind = 'TAX' AND $suspicious_months IS NOT NULL
        AND (guard.in_prison OR guard.died_on <= certified.received_on OR guard.died_match_on <= certified.received_on)
        THEN 'suspicious'
      -- Before the first law that is known nobody can say how long, so it is held and a person asks.
      WHEN certified.money_kind = 'STATE' AND list_contains($lacking, 'state_hold_days') THEN 'law_not_known'
      WHEN certified.money_kind = 'STATE' AND $state_hold_days IS NOT NULL THEN 'every_intercept'
    END                                                                             AS hold_kind,
    guard.person_id IS NOT NULL                                                     AS person_is_known,
    guard.office,
    guard.worker,
    guard.person_src
  FROM certified
  LEFT JOIN guard ON guard.person_id = certified.person_id
  LEFT JOIN entered
    ON entered.queue = certified.queue AND entered.record = certified.record
    AND entered.received_on = certified.received_on AND entered.amount_cents = certified.collected_cents
    AND entered.of_equals = certified.of_equals
),
held AS (
  SELECT
    *,
    CASE hold_kind
      WHEN 'joint_return' THEN CAST(received_on + to_months(CAST($joint_months AS INTEGER)) AS DATE)
      WHEN 'suspicious' THEN CAST(received_on + to_months(CAST($suspicious_months AS INTEGER)) AS DATE)
      WHEN 'every_intercept' THEN received_on + CAST($state_hold_days AS INTEGER)
    END                                                                             AS holds_until_on,
    CASE
      WHEN hold_kind = 'joint_return' THEN least(entered_ended_on, spouse_settled_on)
      WHEN hold_kind IS NOT NULL THEN entered_ended_on
    END                                                                             AS hold_ended_on
  FROM judged
)
SELECT
  feed || ':' || source_file || ':' || source_line                                  AS subject_id,
  CAST(NULL AS VARCHAR)                                                             AS case_id,
  person_id,
  office,
  worker,
  case_type,
  money_kind,
  held.received_on,
  CAST(collected_cents AS BIGINT)                                                   AS collected_cents,
  CAST(adjusted_cents AS BIGINT)                                                    AS adjusted_cents,
  adjusted_year,
  -- What was offset longest ago in the year that is taken back from; none is known, so is whether it is late.
  offset_in_year.first_on                                                           AS adjusted_offset_on,
  CASE WHEN adjusted_cents > 0
    THEN offset_in_year.first_on + to_months(CAST($takeback_months AS INTEGER)) < held.received_on END AS take_back_is_late,
  CAST(partner_cents AS BIGINT)                                                     AS partner_cents,
  CAST(certified_cents AS BIGINT)                                                   AS certified_cents,
  CAST(greatest(least(collected_cents, running_cents - coalesce(certified_cents, 0)), 0) AS BIGINT)
                                                                                    AS over_collected_cents,
  person_is_known AND NOT number_differs AND coalesce(certified_cents, 0) > 0       AS is_ours,
  hold_kind,
  holds_until_on,
  hold_ended_on,
  hold_kind IS NOT NULL AND hold_ended_on IS NULL                                   AS is_held,
  hold_kind IS NOT NULL AND hold_ended_on IS NULL AND holds_until_on <= $as_of      AS hold_is_over,
  CASE WHEN hold_kind = 'joint_return' THEN received_on END                         AS joint_received_on,
  CASE WHEN hold_kind = 'suspicious' THEN received_on END                           AS suspicious_received_on,
  CASE WHEN hold_kind = 'every_intercept' THEN received_on END                      AS intercept_received_on,
  appeal_decided_on,
  CASE WHEN appeal_decided_on IS NOT NULL THEN entered_ended_on END                 AS paid_after_appeal_on,
  -- Notice is given when money is set off, and a hearing may be asked for so long; no earlier than the money came.
  received_on + CAST(CASE money_kind
    WHEN 'STATE' THEN $state_hearing_days
    WHEN 'TAX' THEN $offset_hearing_days END AS INTEGER)                            AS hearing_until_on,
  CAST(CASE WHEN money_kind = 'STATE' THEN $state_refund_fee END AS BIGINT)         AS fee_cents,
  CAST(CASE WHEN money_kind = 'STATE' THEN $state_priority_rank END AS BIGINT)      AS priority_rank,
  feed || '.' || feed || '@' || source_file || ':' || source_line                   AS money_src,
  hold_src,
  person_src
FROM held
LEFT JOIN (
  SELECT record AS of_record, queue AS of_queue, CAST(year(received_on) AS VARCHAR) AS of_year, min(received_on) AS first_on
  FROM line
  WHERE collected_cents > 0
  GROUP BY ALL
) AS offset_in_year
  ON offset_in_year.of_queue = held.queue AND offset_in_year.of_record = held.record
  AND offset_in_year.of_year = CASE WHEN held.adjusted_cents > 0 THEN held.adjusted_year END
