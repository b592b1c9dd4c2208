-- One row per order: whether it still accrues tonight, and through which day it did. Accrual ends with the order and
-- with the last child's support, and rests while the order is suspended or abated.
WITH
resting AS (
  SELECT order_id, max(resumes_on) AS resumes_on, bool_or(is_abated) AS is_abated
  FROM facts.pause
  WHERE resumes_on > $as_of
  GROUP BY order_id
),
told AS (
  SELECT
    orders.*,
    -- What a closed order says of its own end leaves nothing open.
    least(orders.ends_on, CASE WHEN orders.status = 'ended' AND orders.ends_on IS NOT NULL
      THEN children.at_most_until_on ELSE children.surely_until_on END,
      CASE WHEN orders.status = 'ended' AND orders.ends_on IS NULL THEN CAST('-infinity' AS DATE) END)
                                                                                AS surely_until_on,
    least(orders.ends_on, children.at_most_until_on)                            AS accrues_until_on,
    children.next_child_ends_on,
    coalesce(children.child_end_is_open, false)                                 AS child_end_is_open,
    resting.order_id IS NOT NULL                                                AS is_resting,
    coalesce(resting.is_abated, false)                                          AS is_abated,
    resting.resumes_on
  FROM caseload.orders AS orders
  LEFT JOIN facts.order_children AS children USING (order_id)
  LEFT JOIN resting USING (order_id)
  WHERE coalesce(orders.entered_on <= $as_of, true)
)
SELECT
  order_id,
  case_id,
  coalesce(issued_by, CASE
    WHEN issuing_state = $state THEN 'this_state'
    WHEN issuing_state IS NOT NULL THEN 'other_state'
  END)                                                                          AS issued_by,
  issuing_state,
  entered_on,
  first_due_on,
  frequency,
  current_cents,
  surely_until_on,
  CASE WHEN isfinite(accrues_until_on) THEN accrues_until_on END                AS accrues_until_on,
  next_child_ends_on,
  child_end_is_open AND status = 'active' AND coalesce(ends_on >= $as_of, true) AS child_end_is_open,
  is_abated,
  CASE WHEN isfinite(resumes_on) THEN resumes_on END                            AS resumes_on,
  status,
  CASE
    WHEN status <> 'active' THEN false
    WHEN accrues_until_on < $as_of THEN false
    WHEN is_resting THEN false
    -- Whether it goes on after the last child is of age (school, disability) stands in the order's own text.
    WHEN surely_until_on < $as_of THEN NULL
    ELSE true
  END                                                                           AS is_accruing,
  -- An order that is suspended or abated rests and is no ended one (45 CFR 303.11(b)(1)).
  CASE
    WHEN status = 'ended' OR accrues_until_on < $as_of THEN true
    WHEN surely_until_on < $as_of THEN NULL
    ELSE false
  END                                                                           AS has_ended,
  CASE
    WHEN NOT health_cover_ordered THEN false
    WHEN health_cover_ordered THEN NOT health_cover_provided
  END                                                                           AS health_cover_missing,
  'caseload.orders@' || source_file || ':' || source_line                       AS src
FROM told
