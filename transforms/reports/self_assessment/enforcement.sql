-- One row per open case with an order and full service: which of the three tests it falls under, and how it ends.
WITH
subject AS (
  SELECT case_id, person_id, office, case_src, order_src
  FROM facts.case_facts
  WHERE case_is_open AND is_full_service AND has_enforceable_order
),
paid AS (
  SELECT
    case_id,
    max(received_on) FILTER (source = 'employer')              AS withheld_on,
    max(received_on)                                           AS received_on
  FROM caseload.receipts
  WHERE status = 'posted' AND kind IN ('payment', 'intercept') AND received_on BETWEEN $from_on AND $as_of
  GROUP BY case_id
),
withholding AS (
  SELECT case_id, bool_or(order_in_place) AS order_in_place, bool_and(has_other_arrangement) AS has_other_arrangement
  FROM facts.employment_facts
  GROUP BY case_id
),
-- Yearly: tax offset is due where an episode of it was open before the period began, and made where a record was
-- sent or leaves tonight.
offset_due AS (
  SELECT DISTINCT person_id FROM plan.episode WHERE remedy = 'federal_tax_offset' AND opened_on <= $from_on
),
offset_made AS (
  SELECT person_id FROM ledger.published WHERE queue = 'federal_offset'
  UNION
  SELECT person_id FROM facts.federal_records
  UNION
  SELECT person_id FROM plan.actions WHERE queue = 'federal_offset' AND status = 'due'
),
-- Of what was required the last: a clock that still runs asks for nothing yet.
required AS (
  SELECT
    case_id,
    arg_max(
      {'in_time': met_on <= ends_on IS TRUE, 'is_known': status <> 'unknown', 'said': said},
      (anchor_on, deadline)
    )                                                          AS last
  FROM plan.deadlines
  WHERE deadline IN ('locate', 'locate_again', 'withhold_after_new_hire', 'act_without_service',
      'act_with_service')
    AND status NOT IN ('running', 'due_soon')
  GROUP BY case_id
),
tested AS (
  SELECT
    subject.*,
    offset_due.person_id IS NULL OR subject.person_id IN (SELECT person_id FROM offset_made) AS offset_is_made,
    paid.withheld_on,
    paid.received_on,
    required.last,
    CASE
      WHEN coalesce(withholding.order_in_place, false)
       
          AND paid.withheld_on >= date_trunc('quarter', date_trunc('quarter', $as_of) - INTERVAL 1 DAY) THEN 'withheld'
      WHEN NOT coalesce(withholding.order_in_place, false) AND paid.received_on IS NOT NULL THEN 'collected'
      ELSE 'required'
    END                                                        AS test
  FROM subject
  LEFT JOIN paid USING (case_id)
  LEFT JOIN withholding USING (case_id)
  LEFT JOIN offset_due USING (person_id)
  LEFT JOIN required USING (case_id)
)
SELECT
  case_id,
  person_id,
  office,
  CASE
    WHEN test = 'required' AND last IS NULL THEN 'running'
    WHEN test = 'required' AND NOT last.is_known THEN 'unknown'
    WHEN test = 'required' AND NOT last.in_time THEN 'failed'
    WHEN NOT offset_is_made THEN 'failed'
    ELSE 'met'
  END                                                          AS outcome,
  CASE test
    WHEN 'withheld' THEN 'Test 1: withheld from pay, last received ' || withheld_on || '.'
    WHEN 'collected' THEN 'Test 2: no withholding stands; last received ' || received_on || '.'
    ELSE 'Test 3: ' || coalesce(last.said, 'no action was required yet, or its clock still runs.')
  END || CASE WHEN offset_is_made THEN '' ELSE ' Tax offset is due and no record is sent.' END AS said,
  concat_ws(';', case_src, order_src)                          AS src
FROM tested
