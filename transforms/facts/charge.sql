-- One row per installment that fell due by tonight, in parts that sum to it: what the order asked for (`amount`),
-- what no order explains (`phantom`: after its end, while it rests, beyond its terms, under no order), and what
-- terms that were changed later no longer ask for (`lowered`). Terms are counted by period, so that a month with
-- five paydays owes five; a period that was left out may be made up for in another one.
WITH
told AS (
  SELECT
    charges.case_id,
    charges.charge_id,
    charges.order_id,
    charges.due_on,
    charges.amount_cents                                          AS charged_cents,
    charges.source_file,
    charges.source_line,
    -- An installment for several months is support of one of them in part.
    CAST(CASE orders.frequency
      WHEN 'quarterly' THEN $monthly // $quarterly
      WHEN 'annual' THEN $monthly // $annual
      ELSE 1
    END AS INTEGER)                                               AS months,
    term.number,
    term.has_pause,
    term.current_cents + CASE term.frequency WHEN 'semimonthly' THEN term.current_cents ELSE 0 END AS period_cents,
    coalesce(term.reaches_back_from_on > charges.due_on, false)   AS was_changed_later,
    CASE term.frequency
      WHEN 'weekly' THEN date_diff('week', term.first_due_on, charges.due_on)
      WHEN 'biweekly' THEN date_diff('week', term.first_due_on, charges.due_on) >> 1
      WHEN 'monthly' THEN date_diff('month', term.first_due_on, charges.due_on)
      WHEN 'semimonthly' THEN date_diff('month', term.first_due_on, charges.due_on)
      WHEN 'quarterly' THEN date_diff('quarter', term.first_due_on, charges.due_on)
    END                                                           AS period,
    CASE
      WHEN charges.due_on > term.accrues_until_on THEN 'ended'
      WHEN pause.order_id IS NOT NULL THEN 'paused'
      WHEN orders.order_id IS NULL AND known.orders THEN 'no_order'
      WHEN charges.due_on > term.surely_until_on OR term.order_id IS NULL THEN 'unsure'
      WHEN charges.due_on < term.unsure_before_on THEN 'unsure'
    END                                                           AS fault
  FROM caseload.charges AS charges
  CROSS JOIN facts.known AS known
  LEFT JOIN facts.order_state AS orders USING (order_id)
  LEFT JOIN facts.term AS term
    ON term.order_id = charges.order_id AND charges.due_on >= term.from_on AND charges.due_on <= term.until_on
  LEFT JOIN facts.pause AS pause
    ON pause.order_id = charges.order_id AND charges.due_on >= pause.from_on AND charges.due_on < pause.resumes_on
  WHERE charges.due_on <= $as_of
),
judged AS (
  SELECT *, fault IS NULL AND (period_cents IS NULL OR period IS NULL) AS has_no_terms
  FROM told
),
suspect AS (
  -- Most orders were charged what they ask for, as a look at the whole of each shows.
  SELECT order_id, number
  FROM judged
  WHERE fault IS NULL AND NOT has_no_terms
  GROUP BY order_id, number
  HAVING bool_or(charged_cents > period_cents OR period < 0)
    OR sum(charged_cents) > (max(period) - min(period) + 1) * min(period_cents)
),
in_period AS (
  SELECT
    order_id,
    number,
    period,
    any_value(CASE WHEN period < 0 THEN 0 ELSE period_cents END)  AS period_cents,
    any_value(has_pause)                                          AS has_pause,
    sum(charged_cents)                                            AS charged_cents
  FROM judged
  SEMI JOIN suspect USING (order_id, number)
  WHERE fault IS NULL AND NOT has_no_terms
  GROUP BY order_id, number, period
),
over AS (
  SELECT *
  FROM in_period
  WHERE charged_cents > period_cents
),
asked AS (
  -- Periods that nobody charged may be made up for, unless the order rested then.
  SELECT
    over.order_id,
    over.number,
    over.period,
    any_value(over.period_cents) * CASE
      WHEN any_value(over.has_pause) OR over.period < 0 THEN 1
      ELSE over.period - coalesce(max(before.period), CASE WHEN over.number > 1 THEN over.period - 1 ELSE -1 END)
    END                                                           AS asked_cents
  FROM over
  LEFT JOIN in_period AS before ON before.order_id = over.order_id AND before.period < over.period
  GROUP BY over.order_id, over.number, over.period
),
running AS (
  SELECT
    judged.*,
    asked.asked_cents                                             AS asked_in_period,
    sum(charged_cents) OVER (
      PARTITION BY judged.order_id, judged.number, judged.period ORDER BY due_on, charge_id) AS so_far
  FROM judged
  JOIN asked USING (order_id, number, period)
  WHERE fault IS NULL
),
capped AS (
  SELECT
    * EXCLUDE (asked_in_period, so_far),
    least(so_far, asked_in_period) - least(so_far - charged_cents, asked_in_period) AS asked_cents
  FROM running
),
parted AS (
  SELECT
    *,
    CASE WHEN fault IN ('ended', 'paused', 'no_order') THEN 0 ELSE charged_cents END AS asked_cents
  FROM judged
  ANTI JOIN capped USING (case_id, charge_id)
  UNION ALL
  SELECT * FROM capped
)
SELECT
  case_id,
  charge_id,
  order_id,
  due_on,
  months,
  asked_cents                                                     AS amount_cents,
  CASE WHEN fault IS NULL AND was_changed_later THEN 0 ELSE charged_cents - asked_cents END AS phantom_cents,
  CASE WHEN fault IS NULL AND was_changed_later THEN charged_cents - asked_cents ELSE 0 END AS lowered_cents,
  CASE WHEN fault = 'unsure' OR has_no_terms THEN charged_cents ELSE 0 END AS unsure_cents,
  CASE
    WHEN fault IS NOT NULL THEN fault
    WHEN charged_cents > asked_cents THEN CASE WHEN was_changed_later THEN 'lowered' ELSE 'over_terms' END
  END                                                             AS fault,
  source_file,
  source_line
FROM parted
