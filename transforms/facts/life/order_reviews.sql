-- One row per case with an order: when it was made or last reviewed, the review that is open, and what the
-- parent earns now against what the order rests on.
WITH
latest AS (
  -- The order of the case that was entered last is the one that a review would change.
  SELECT *
  FROM caseload.orders
  QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY entered_on DESC NULLS LAST, order_id DESC) = 1
),
closed AS (
  SELECT order_id, max(decided_on) AS decided_on
  FROM caseload.reviews
  WHERE decided_on <= $as_of AND outcome IN ('changed', 'unchanged')
  GROUP BY order_id
),
still_open AS (
  SELECT *
  FROM caseload.reviews
  WHERE asked_on <= $as_of AND (decided_on IS NULL OR decided_on > $as_of)
  QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY asked_on, review_id) = 1
),
forms AS (
  -- The forms are out when both parents have been written to.
  SELECT still_open.order_id, max(published.published_on) AS sent_on
  FROM still_open
  JOIN ledger.published AS published
    ON published.case_id = still_open.case_id AND published.message = 'review_forms'
    AND published.published_on >= still_open.asked_on
  GROUP BY still_open.order_id
  HAVING count(DISTINCT published.queue) > 1
),
referred AS (
  -- Sent on by Arrears, or with a referral that the agency sent itself after the request.
  SELECT order_id, min(referred_on) AS referred_on
  FROM (
    SELECT still_open.order_id, published.published_on AS referred_on
    FROM still_open
    JOIN ledger.published AS published
      ON published.case_id = still_open.case_id AND published.message = 'ask_review'
      AND published.published_on >= still_open.asked_on
    UNION ALL
    SELECT latest.order_id, referrals.sent_on
    FROM latest
    JOIN still_open USING (order_id)
    JOIN caseload.referrals AS referrals
      ON referrals.case_id = latest.case_id AND referrals.to_state = latest.issuing_state
      AND referrals.sent_on >= still_open.asked_on AND referrals.sent_on <= $as_of
  )
  GROUP BY order_id
),
earned AS (
  SELECT person_id, arg_max(wages_cents, quarter_ends_on) AS wages_cents, max(quarter_ends_on) AS quarter_ends_on
  FROM (
    -- The national directory has its wages from the states: what both tell of a quarter is told twice, not earned twice.
    SELECT person_id, quarter_ends_on, max(wages_cents) AS wages_cents
    FROM (
      SELECT links.person_id, wages.quarter_ends_on, sum(wages.wage_cents) AS wages_cents
      FROM staging.employer_wages AS wages
      JOIN match.links AS links
        ON links.feed = 'employer_wages' AND links.source_file = wages.source_file
        AND links.source_line = wages.source_line
      WHERE wages.quarter_ends_on <= $as_of
      GROUP BY ALL
      UNION ALL
      SELECT person.person_id, wages.quarter_ends_on, sum(wages.amount_cents)
      FROM staging.state_wages AS wages
      JOIN caseload.persons AS person ON person.person_id = wages.person_id AND person.person_token = wages.person_token
      WHERE wages.kind = 'wages' AND wages.quarter_ends_on <= $as_of
      GROUP BY ALL
    )
    GROUP BY ALL
  )
  GROUP BY person_id
)
SELECT
  latest.case_id,
  latest.order_id,
  latest.issued_by                                                             AS order_issued_by,
  greatest(latest.entered_on, closed.decided_on)                               AS order_or_review_on,
  review.asked_by                                                              AS review_asked_by,
  review.asked_on                                                              AS review_asked_on,
  coalesce(review.forms_sent_on, forms.sent_on)                                AS review_forms_sent_on,
  review.forms_back_on                                                         AS review_forms_back_on,
  review.guideline_cents,
  review.substantial_change,
  review.served_on                                                             AS review_served_on,
  latest.current_cents                                                         AS ordered_cents,
  -- One cycle: the guidelines' amount is told per installment of this very order.
  abs(review.guideline_cents - latest.current_cents)                           AS guideline_differs_cents,
  abs(review.guideline_cents - latest.current_cents) * $hundred
    > latest.current_cents * $variance_pct                                     AS guideline_differs_enough,
  closed.decided_on                                                            AS last_review_decided_on,
  -- The state's own rule for a review without proof; where it has none, federal law alone says from when.
  CASE WHEN CAST($no_proof_years AS INTEGER) IS NULL THEN false
    ELSE greatest(latest.entered_on, closed.decided_on) + to_years(CAST($no_proof_years AS INTEGER)) <= $as_of
  END                                                                          AS review_needs_no_proof,
  latest.issuing_state                                                         AS order_state,
  CASE WHEN latest.issued_by = 'other_state' THEN $order_copies END            AS order_copies,
  CASE WHEN latest.issued_by = 'this_state' THEN review.asked_on END           AS review_here_asked_on,
  CASE WHEN latest.issued_by <> 'this_state' THEN review.asked_on END          AS review_elsewhere_asked_on,
  referred.referred_on                                                         AS review_referred_on,
  income.obligor_quarter_cents                                                 AS order_rests_on_quarter_cents,
  CAST(earned.wages_cents AS BIGINT)                                           AS earned_quarter_cents,
  earned.quarter_ends_on                                                       AS earned_quarter_ends_on,
  abs(earned.wages_cents - income.obligor_quarter_cents) * $hundred
    > income.obligor_quarter_cents * $earnings_pct                             AS earnings_differ_enough,
  'caseload.orders@' || latest.source_file || ':' || latest.source_line        AS reviewed_order_src,
  'caseload.reviews@' || review.source_file || ':' || review.source_line       AS review_src
FROM latest
JOIN caseload.cases AS cases USING (case_id)
LEFT JOIN closed USING (order_id)
LEFT JOIN still_open AS review USING (order_id)
LEFT JOIN forms USING (order_id)
LEFT JOIN referred USING (order_id)
LEFT JOIN caseload.order_incomes AS income USING (order_id)
LEFT JOIN earned ON earned.person_id = cases.obligor_id
