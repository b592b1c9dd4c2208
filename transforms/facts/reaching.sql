-- One row per order and change of its terms that was ordered after the first day on which it counts: from which day on
-- it may count. Each installment is a judgment when it falls due; a change reaches back to the service of the petition
-- at most. Where no petition is told, nobody can say how far, and the time in between is not known.
WITH
changed AS (
  SELECT
    terms.order_id,
    terms.from_on,
    terms.entered_on,
    coalesce(lag(terms.entered_on) OVER (PARTITION BY terms.order_id ORDER BY terms.from_on), CAST('-infinity' AS DATE))
                                                                              AS entered_before_on,
    row_number() OVER (PARTITION BY terms.order_id ORDER BY terms.from_on)    AS number
  FROM caseload.terms AS terms
  WHERE coalesce(terms.entered_on <= $as_of, true)
),
-- The petition on which the change was ordered: served before it, and not decided before the terms that it changed.
served AS (
  SELECT changed.order_id, changed.from_on, max(reviews.served_on) AS served_on
  FROM changed
  JOIN caseload.reviews AS reviews USING (order_id)
  WHERE reviews.served_on <= changed.entered_on
    AND coalesce(reviews.outcome, 'changed') = 'changed'
    AND coalesce(reviews.decided_on, changed.entered_on) >= changed.entered_before_on
  GROUP BY ALL
)
SELECT
  orders.case_id,
  changed.order_id,
  changed.from_on,
  changed.entered_on,
  CASE WHEN $reaches_back_to = 'service' THEN served.served_on END            AS served_on,
  CASE WHEN $reaches_back_to = 'service' AND served.served_on IS NOT NULL
    THEN greatest(changed.from_on, served.served_on) END                      AS counts_from_on
FROM changed
JOIN caseload.orders AS orders USING (order_id)
LEFT JOIN served USING (order_id, from_on)
WHERE changed.number > 1 AND changed.entered_on > changed.from_on
