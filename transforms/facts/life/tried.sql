-- One row per case: which remedies were sent for it, or for the parent who owes while its debt was owed, since when, and how many of
-- them brought nothing for as long as is asked before a person may be examined.
WITH
sent AS (
  SELECT published.case_id, published.remedy, published.published_on
  FROM facts.own_acts AS published
  -- Whom the federal registry holds tells nothing of what was tried against anybody.
  WHERE published.kind = 'send' AND published.queue NOT IN ('fcr_cases', 'fcr_persons')
  UNION ALL
  SELECT cases.case_id, published.remedy, published.published_on
  FROM ledger.published AS published
  JOIN facts.case_facts AS fact ON fact.person_id = published.person_id
  JOIN caseload.cases AS cases ON cases.case_id = fact.case_id
  -- What was tried for the debt of another case says nothing of a case that came later, or that is not enforced.
  WHERE published.kind = 'send' AND published.case_id IS NULL
    AND fact.is_full_service
    AND published.published_on >= cases.opened_on
    AND published.published_on >= fact.oldest_unpaid_due_on
),
told AS (
  SELECT case_id, remedy, min(published_on) AS first_on
  FROM sent
  GROUP BY ALL
)
SELECT
  case_id,
  count(*)                                                                     AS remedies_sent,
  count(*) FILTER (first_on <= $as_of - CAST($tried_days AS INTEGER))          AS remedies_tried,
  list(remedy ORDER BY remedy)                                                 AS remedies_sent_names,
  min(first_on)                                                                AS first_remedy_on
FROM told
GROUP BY case_id
