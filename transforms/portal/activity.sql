-- One row per act of the last months and parent who may see its case. Who owes sees which remedy it was; what a letter has
-- to tell first, as a levy, stands here only once that letter has gone. The other parent sees that there was an act, on
-- which day, and nothing of what the agency knows of licenses, accounts or work.
WITH
act AS (
  SELECT DISTINCT act.case_id, act.person_id, act.remedy, act.message, act.published_on, act.amount_cents, act.queue
  FROM ledger.published AS act
  WHERE act.published_on <= $as_of
    AND act.published_on >= date_trunc('month', $as_of) - to_months(CAST($months AS INTEGER))
    AND act.queue NOT IN ('custodial_notices', 'obligor_notices')
),
lettered AS (
  SELECT DISTINCT case_id, person_id, remedy
  FROM ledger.published
  WHERE queue = 'obligor_notices'
),
seen AS (
  SELECT
    party.case_id,
    party.person_id,
    party.role,
    act.published_on                                      AS acted_on,
    CASE party.role WHEN 'obligor' THEN act.remedy ELSE 'enforcement' END AS act,
    CASE party.role WHEN 'obligor' THEN act.message END   AS message,
    CASE party.role WHEN 'obligor' THEN act.amount_cents END AS amount_cents
  FROM portal.party AS party
  JOIN act
    ON act.case_id = party.case_id
      AND (party.role = 'custodial' OR act.person_id = party.person_id)
  LEFT JOIN lettered
    ON lettered.case_id = act.case_id AND lettered.person_id = act.person_id AND lettered.remedy = act.remedy
  WHERE NOT list_contains($told_by_letter, act.queue) OR lettered.remedy IS NOT NULL
)
SELECT DISTINCT
  case_id,
  person_id,
  role,
  acted_on,
  act,
  message,
  amount_cents
FROM seen
ORDER BY case_id, role, acted_on, act, message, amount_cents
