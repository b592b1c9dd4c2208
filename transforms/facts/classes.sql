-- One row per case with balances: the agency's past due by class of debt, and whether each agrees with what charges,
-- assistance and posted receipts come to. Where the posted parts are not told in full, nobody can say.
WITH
received AS (
  SELECT receipts.case_id, sum(receipts.amount_cents) AS cents
  FROM caseload.receipts AS receipts
  SEMI JOIN facts.class_parts AS part ON part.case_id = receipts.case_id
  CROSS JOIN facts.known AS known
  WHERE receipts.status = 'posted'
    AND coalesce(receipts.posted_on, receipts.received_on) <= least(known.balances_through_on, $as_of)
  GROUP BY receipts.case_id
),
judged AS (
  SELECT
    part.case_id,
    CASE WHEN sum(part.posted_cents) = coalesce(any_value(received.cents), 0)
      THEN bool_and(abs(part.agency_cents - part.recomputed_cents) <= $tolerance_cents) END AS classes_agree
  FROM facts.class_parts AS part
  LEFT JOIN received USING (case_id)
  GROUP BY part.case_id
),
agency AS (
  SELECT
    case_id,
    coalesce(sum(past_due_cents) FILTER (balance_class = 'pre_assistance'), 0)         AS pre,
    coalesce(sum(past_due_cents) FILTER (balance_class = 'during_assistance'), 0)      AS during,
    coalesce(sum(past_due_cents) FILTER (balance_class = 'post_assistance'), 0)        AS post,
    coalesce(sum(past_due_cents) FILTER (balance_class = 'conditionally_assigned'), 0) AS conditional,
    coalesce(sum(past_due_cents) FILTER (balance_class = 'never_assigned'), 0)         AS never
  FROM caseload.balances
  GROUP BY case_id
)
SELECT
  agency.case_id,
  CAST(agency.pre AS BIGINT)                                      AS pre_assistance_cents,
  CAST(agency.during AS BIGINT)                                   AS during_assistance_cents,
  CAST(agency.post AS BIGINT)                                     AS post_assistance_cents,
  CAST(agency.conditional AS BIGINT)                              AS conditionally_assigned_cents,
  CAST(agency.never AS BIGINT)                                    AS never_assigned_cents,
  judged.classes_agree
FROM agency
LEFT JOIN judged USING (case_id)
