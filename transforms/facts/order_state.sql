-- One row per order: whether it still accrues tonight, and from when and until when it does not.
-- Accrual ends with the order, with the last child's emancipation, and rests while the order is suspended.
WITH
child AS (
  SELECT
    case_id,
    CASE WHEN bool_and(coalesce(emancipated_on <= $as_of, false)) THEN max(emancipated_on) END
                                                            AS last_emancipated_on,
    bool_and(coalesce(emancipated_on <= $as_of, birth_on + to_years(CAST($majority_age_max AS INTEGER)) <= $as_of))
                                                            AS all_are_grown
  FROM caseload.children
  GROUP BY case_id
),
told AS (
  SELECT
    orders.*,
    least(orders.ends_on, child.last_emancipated_on)        AS accrues_until_on,
    child.all_are_grown,
    -- The old order begins again some time after the reason for its suspension is gone.
    orders.suspended_to_on + CAST($resume_after_days AS INTEGER) AS resumes_on
  FROM caseload.orders AS orders
  LEFT JOIN child USING (case_id)
  WHERE coalesce(orders.entered_on <= $as_of, true)
)
SELECT
  order_id,
  case_id,
  entered_on,
  first_due_on,
  frequency,
  current_cents,
  accrues_until_on,
  suspended_from_on,
  suspended_to_on,
  resumes_on,
  status,
  CASE
    WHEN status <> 'active' THEN false
    WHEN accrues_until_on < $as_of THEN false
    WHEN suspended_from_on <= $as_of AND coalesce(resumes_on > $as_of, true) THEN false
    -- Whether it goes on after the last child is grown (school, disability) stands in the order's own text.
    WHEN all_are_grown THEN NULL
    ELSE true
  END                                                       AS is_accruing,
  CASE
    WHEN NOT health_cover_ordered THEN false
    WHEN health_cover_ordered THEN NOT health_cover_provided
  END                                                       AS health_cover_missing,
  'caseload.orders@' || source_file || ':' || source_line   AS src
FROM told
