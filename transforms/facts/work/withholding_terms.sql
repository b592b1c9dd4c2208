-- One row per case with an order: what its orders say about withholding, and what falls due under them. A clause
-- that is suspended comes into force when support has been past due long enough, or when a parent asks.
WITH
term AS (
  SELECT
    orders.case_id,
    orders.order_id,
    orders.is_accruing,
    orders.entered_on,
    orders.frequency,
    orders.current_cents,
    file.arrears_cents,
    terms.order_id IS NOT NULL                                           AS is_stated,
    terms.withholding_ordered,
    terms.clause_suspended,
    terms.asked_on,
    terms.other_arrangement,
    terms.agreed_arrears_cents,
    terms.other_cover_named,
    'caseload.order_withholding@' || terms.source_file || ':' || terms.source_line AS src
  FROM facts.order_state AS orders
  JOIN caseload.orders AS file USING (order_id)
  LEFT JOIN caseload.order_withholding AS terms USING (order_id)
),
-- Orders that have ended say nothing about what is withheld while another one runs.
counted AS (
  -- Amounts per installment add up only where they fall due together; otherwise a person has to say.
  SELECT
    *,
    min(coalesce(frequency, '')) OVER (PARTITION BY case_id) = max(coalesce(frequency, '')) OVER (PARTITION BY case_id)
      AND frequency IS NOT NULL                                          AS is_one_cycle
  FROM term
  QUALIFY is_accruing IS NOT FALSE OR NOT coalesce(bool_or(is_accruing IS NOT FALSE) OVER (PARTITION BY case_id), false)
)
SELECT
  case_id,
  min(entered_on)                                                        AS ordered_on,
  -- The day that says by which law of its time an order is read: not known of orders of several days.
  CASE WHEN min(entered_on) = max(entered_on) AND count(*) = count(entered_on) THEN min(entered_on) END AS entered_on,
  any_value(order_id ORDER BY entered_on, order_id)                      AS order_id,
  -- One order that holds no clause is one for which nothing is withheld by law alone.
  CASE
    WHEN bool_or(NOT withholding_ordered) THEN false
    WHEN bool_and(withholding_ordered) THEN true
    -- Where the law itself withholds, no word of the order is needed; where the court has to, its silence is a no.
    WHEN $immediate_applies THEN true
    WHEN $court_first AND bool_and(NOT is_stated OR withholding_ordered IS NOT NULL) THEN false
  END                                                                    AS is_ordered,
  CASE WHEN bool_or(other_arrangement) THEN true
    WHEN bool_and(NOT is_stated OR other_arrangement IS NOT NULL) THEN false END AS has_other_arrangement,
  CASE WHEN bool_or(clause_suspended) THEN true
    WHEN bool_and(NOT is_stated OR clause_suspended IS NOT NULL) THEN false END AS clause_is_suspended,
  max(asked_on) FILTER (asked_on <= $as_of)                              AS asked_on,
  CASE WHEN bool_or(other_cover_named) THEN true
    WHEN bool_and(NOT is_stated OR other_cover_named IS NOT NULL) THEN false END AS other_cover_named,
  CASE WHEN bool_and(is_one_cycle) THEN min(frequency) END               AS frequency,
  -- One cycle: where it is not, there is no amount.
  CAST(CASE WHEN count(*) = count(current_cents) AND bool_and(is_one_cycle)
    THEN coalesce(sum(current_cents) FILTER (is_accruing IS NOT FALSE), 0) END AS BIGINT) AS current_cents,
  CAST(CASE WHEN bool_and(is_one_cycle) THEN sum(current_cents) END AS BIGINT) AS face_cents,
  -- Ordered and agreed in writing for the same debt: the larger one; none of it is none. One cycle: as above.
  CAST(CASE WHEN bool_and(is_one_cycle)
    THEN nullif(sum(greatest(coalesce(arrears_cents, 0), coalesce(agreed_arrears_cents, 0))), 0) END AS BIGINT) AS arrears_cents,
  nullif(string_agg(src, ';' ORDER BY src), '')                          AS terms_src
FROM counted
GROUP BY case_id
