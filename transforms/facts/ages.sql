-- One row per case that owes anything and has installments: which is the oldest that is still unpaid, how much of
-- them is unpaid and how much of that is old, and how often the parent was far behind.
WITH
behind AS (
  -- Still unpaid at the end of a day that lies more than the repeat limit after the due date.
  SELECT
    case_id,
    paid_on,
    lead(due_on) OVER (PARTITION BY case_id ORDER BY due_on)                 AS next_due_on
  FROM facts.installment
  WHERE coalesce(paid_on, $as_of) - due_on > CAST($repeat_days AS INTEGER) + 1
),
spell AS (
  -- Installments whose times of being far behind touch are one time; the one that still runs is not counted.
  SELECT case_id, count(*) AS times
  FROM behind
  WHERE paid_on > $as_of - to_months(CAST($lookback_months AS INTEGER))
    AND coalesce(next_due_on + CAST($repeat_days AS INTEGER) + 1 > paid_on, true)
  GROUP BY case_id
),
unpaid AS (
  SELECT
    case_id,
    min(due_on)                                                              AS oldest_unpaid_installment_on,
    arg_min(charge_id, due_on)                                               AS oldest_unpaid_id,
    sum(unpaid_cents)                                                        AS cents,
    sum(unpaid_cents) FILTER (due_on < $as_of - to_years(CAST($reportable_years AS INTEGER))) AS old_cents
  FROM facts.installment
  WHERE unpaid_cents > 0
  GROUP BY case_id
),
first AS (
  SELECT
    case_id,
    min(due_on)                                                              AS first_charge_on,
    arg_min(charge_id, due_on)                                               AS first_charge_id
  FROM facts.installment
  GROUP BY case_id
)
SELECT
  first.case_id,
  first.first_charge_on,
  'caseload.charges@' || first_charge.source_file || ':' || first_charge.source_line AS first_charge_src,
  unpaid.oldest_unpaid_installment_on,
  'caseload.charges@' || oldest.source_file || ':' || oldest.source_line     AS oldest_unpaid_src,
  CAST(coalesce(unpaid.cents, 0) AS BIGINT)                                  AS unpaid_installments_cents,
  CAST(coalesce(unpaid.old_cents, 0) AS BIGINT)                              AS old_unpaid_cents,
  -- A state without the rule has no such count.
  CASE WHEN CAST($repeat_days AS INTEGER) IS NOT NULL THEN coalesce(spell.times, 0) END AS times_over_repeat_days
FROM first
LEFT JOIN unpaid USING (case_id)
LEFT JOIN spell USING (case_id)
LEFT JOIN facts.charge AS first_charge
  ON first_charge.case_id = first.case_id AND first_charge.charge_id = first.first_charge_id
LEFT JOIN facts.charge AS oldest ON oldest.case_id = first.case_id AND oldest.charge_id = unpaid.oldest_unpaid_id
