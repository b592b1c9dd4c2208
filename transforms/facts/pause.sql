-- One row per order and time in which it rests: suspended, abated by a tribunal, or, where the law says so, while the
-- parent gets cash assistance or Supplemental Security Income. Times that touch are one. It counts again on
-- `resumes_on`, some days after benefits stop; the infinite day is not yet.
WITH
span AS (
  SELECT
    order_id,
    suspended_from_on                                                           AS from_on,
    coalesce(suspended_to_on + CAST(coalesce($resume_after_days, 1) AS INTEGER), CAST('infinity' AS DATE))
                                                                                AS resumes_on,
    false                                                                       AS is_abated
  FROM caseload.orders
  WHERE suspended_from_on <= $as_of
  UNION ALL
  SELECT order_id, abated_from_on, coalesce(abated_to_on + 1, CAST('infinity' AS DATE)), true
  FROM caseload.orders
  WHERE abated_from_on <= $as_of
  UNION ALL
  SELECT
    orders.order_id,
    benefits.from_on,
    coalesce(benefits.to_on + CAST(coalesce($resume_after_days, 1) AS INTEGER), CAST('infinity' AS DATE)),
    false
  FROM caseload.benefits AS benefits
  JOIN caseload.cases AS cases ON cases.obligor_id = benefits.person_id
  JOIN caseload.orders AS orders USING (case_id)
  WHERE CAST($assisted_suspends AS BOOLEAN) AND benefits.kind IN ('tanf', 'ssi') AND benefits.from_on <= $as_of
),
begun AS (
  SELECT
    *,
    coalesce(from_on > max(resumes_on) OVER (
      PARTITION BY order_id ORDER BY from_on, resumes_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), true)
                                                                                AS is_first
  FROM span
),
island AS (
  SELECT *, count(*) FILTER (is_first) OVER (PARTITION BY order_id ORDER BY from_on, resumes_on) AS number
  FROM begun
)
SELECT
  order_id,
  min(from_on)                                                                  AS from_on,
  max(resumes_on)                                                               AS resumes_on,
  bool_or(is_abated AND resumes_on > $as_of)                                    AS is_abated
FROM island
GROUP BY order_id, number
