-- One row per case with installments: what of them the order asked for and what nothing explains, through the day of
-- the agency's balance; what fell due in tonight's month.
SELECT
  charge.case_id,
  CAST(sum(charge.amount_cents) FILTER (is_due) AS BIGINT)                                AS charged_cents,
  CAST(coalesce(sum(charge.phantom_cents) FILTER (is_due), 0) AS BIGINT)                  AS phantom_cents,
  CAST(coalesce(sum(charge.phantom_cents) FILTER (is_due AND fault = 'over_terms'), 0) AS BIGINT) AS over_terms_cents,
  CAST(coalesce(sum(charge.lowered_cents) FILTER (is_due), 0) AS BIGINT)                  AS lowered_cents,
  CAST(coalesce(sum(charge.unsure_cents) FILTER (is_due), 0) AS BIGINT)                   AS unsure_cents,
  CAST(coalesce(sum(charge.amount_cents)
    FILTER (charge.due_on >= date_trunc('month', CAST($as_of AS DATE))), 0) AS BIGINT)    AS current_due_cents,
  nullif(list_sort(list_distinct(list(fault) FILTER (fault IS NOT NULL))), CAST([] AS VARCHAR[])) AS faults
FROM (
  SELECT charge.*, charge.due_on <= coalesce(known.balances_through_on, $as_of) AS is_due
  FROM facts.charge AS charge
  CROSS JOIN facts.known AS known
) AS charge
GROUP BY charge.case_id
