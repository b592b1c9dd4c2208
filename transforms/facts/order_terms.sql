-- One row per case with an order: what is owed when, and whether anything still accrues.
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
  -- Whoever owes weekly under one order and quarterly under another is not a quarterly payer.
  coalesce(
    min(frequency) FILTER (is_accruing IS NOT FALSE AND frequency <> 'quarterly'),
    min(frequency) FILTER (is_accruing IS NOT FALSE),
    min(frequency))                                                            AS order_frequency,
  CAST(coalesce(sum(current_cents) FILTER (is_accruing IS NOT FALSE), 0) AS BIGINT) AS current_cents,
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
FROM facts.order_state
GROUP BY case_id
