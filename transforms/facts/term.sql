-- One row per order and time of equal terms: what it asks for in each period, from which day to which. An order
-- whose terms never changed has one row. `number` counts them; a later one that was ordered after its first day
-- reaches back as far as the petition was served, and what lies between is not known where no petition is told.
WITH
dated AS (
  SELECT
    terms.order_id,
    terms.frequency,
    terms.current_cents,
    terms.entered_on,
    CASE WHEN reaching.order_id IS NULL THEN terms.from_on
      ELSE coalesce(reaching.counts_from_on, terms.from_on) END            AS from_on,
    CASE WHEN reaching.order_id IS NOT NULL AND reaching.counts_from_on IS NULL THEN terms.entered_on END
                                                                           AS unsure_before_on
  FROM caseload.terms AS terms
  LEFT JOIN facts.reaching AS reaching ON reaching.order_id = terms.order_id AND reaching.from_on = terms.from_on
  WHERE coalesce(terms.entered_on <= $as_of, true)
),
changed AS (
  SELECT
    *,
    row_number() OVER (PARTITION BY order_id ORDER BY from_on, entered_on) AS number,
    lead(from_on) OVER (PARTITION BY order_id ORDER BY from_on, entered_on) AS next_on
  FROM dated
),
told AS (
  SELECT order_id, from_on, coalesce(next_on - 1, CAST('infinity' AS DATE)) AS until_on, entered_on, frequency,
    current_cents, number, unsure_before_on
  FROM changed
  UNION ALL
  SELECT order_id, CAST('-infinity' AS DATE), CAST('infinity' AS DATE), entered_on, frequency, current_cents, 1, NULL
  FROM facts.order_state
  ANTI JOIN changed USING (order_id)
)
SELECT
  told.order_id,
  told.number,
  told.from_on,
  told.until_on,
  CASE WHEN told.number > 1 THEN told.entered_on END                       AS reaches_back_from_on,
  told.unsure_before_on,
  told.frequency,
  told.current_cents,
  coalesce(state.first_due_on, state.entered_on)                           AS first_due_on,
  state.surely_until_on,
  state.accrues_until_on,
  bool_or(pause.order_id IS NOT NULL)                                      AS has_pause
FROM told
JOIN facts.order_state AS state USING (order_id)
LEFT JOIN (SELECT DISTINCT order_id FROM facts.pause) AS pause USING (order_id)
GROUP BY ALL
