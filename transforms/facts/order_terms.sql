-- One row per case with an order: what is owed when, and whether anything still accrues. Installments of unlike cycles
-- are added by the year; such a case is told by the month, but is no quarterly payer.
WITH
yearly AS (
  SELECT orders.*, orders.current_cents * cycle.per_year AS year_cents, cycle.years
  FROM facts.order_state AS orders
  LEFT JOIN facts.cycle AS cycle USING (frequency)
),
summed AS (
  SELECT
    case_id,
    count(DISTINCT frequency) FILTER (is_accruing IS NOT FALSE) > 1            AS cycles_differ,
    CASE WHEN coalesce(bool_and(year_cents IS NOT NULL) FILTER (is_accruing IS NOT FALSE), true)
      THEN coalesce((sum(year_cents) FILTER (is_accruing IS NOT FALSE) + sum(year_cents) FILTER (is_accruing IS NOT FALSE)
        + max(years)) // (max(years) + max(years)), 0) END                     AS year_cents
  FROM yearly
  GROUP BY case_id
)
SELECT
  case_id,
  CASE
    WHEN bool_or(is_accruing) THEN true
    WHEN bool_and(is_accruing IS NOT NULL) THEN false
  END                                                                          AS order_is_accruing,
  CASE
    WHEN bool_or(NOT has_ended) THEN false
    WHEN bool_and(has_ended IS NOT NULL) THEN true
  END                                                                          AS order_has_ended,
  CASE WHEN any_value(summed.cycles_differ) THEN 'monthly'
    ELSE coalesce(min(frequency) FILTER (is_accruing IS NOT FALSE), min(frequency)) END AS order_frequency,
  CAST(CASE
    WHEN any_value(summed.cycles_differ)
      THEN (any_value(summed.year_cents) + any_value(summed.year_cents) + $monthly) // ($monthly + $monthly)
    -- One cycle: every installment of the case falls due in it.
    ELSE coalesce(sum(current_cents) FILTER (is_accruing IS NOT FALSE), 0)
  END AS BIGINT)                                                               AS current_cents,
  CAST(any_value(summed.year_cents) AS BIGINT)                                 AS current_year_cents,
  coalesce(min(first_due_on) FILTER (is_accruing IS NOT FALSE), min(first_due_on)) AS first_due_on,
  min(entered_on)                                                              AS order_entered_on,
  bool_and(entered_on IS NOT NULL)                                             AS every_entry_is_known,
  CASE
    WHEN bool_or(health_cover_missing) FILTER (is_accruing IS NOT FALSE) THEN true
    WHEN coalesce(bool_and(health_cover_missing IS NOT NULL) FILTER (is_accruing IS NOT FALSE), true) THEN false
  END                                                                          AS health_cover_missing,
  CASE WHEN bool_and(accrues_until_on IS NOT NULL) THEN max(accrues_until_on) END AS accrues_until_on,
  max(resumes_on)                                                              AS accrual_resumes_on,
  min(next_child_ends_on)                                                      AS next_child_ends_on,
  bool_or(child_end_is_open)                                                   AS child_end_is_open,
  bool_or(is_abated)                                                           AS support_is_abated,
  CASE WHEN bool_and(issued_by IS NOT NULL) THEN list_sort(list_distinct(list(issued_by))) END AS orders_issued_by,
  string_agg(src, ';' ORDER BY src)                                            AS order_src
FROM yearly
JOIN summed USING (case_id)
GROUP BY case_id
