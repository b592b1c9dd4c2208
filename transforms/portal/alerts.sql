-- One row per thing that is another than on the night before, and parent who may see its case: what it was and what it is.
WITH
was AS (SELECT * FROM portal.before),
changed AS (
  SELECT
    facts.case_id,
    'current_support'                                     AS alert,
    was.current_cents                                     AS was_cents,
    facts.current_cents                                   AS is_cents
  FROM facts.case_facts AS facts
  JOIN was USING (case_id)
  WHERE was.current_cents <> facts.current_cents
  UNION ALL
  SELECT facts.case_id, 'past_due', was.past_due_cents, facts.past_due_cents
  FROM facts.case_facts AS facts
  JOIN was USING (case_id)
  WHERE was.past_due_cents <> facts.past_due_cents
  UNION ALL
  SELECT facts.case_id, CASE WHEN facts.case_is_open THEN 'case_opened' ELSE 'case_closed' END, NULL, NULL
  FROM facts.case_facts AS facts
  JOIN was USING (case_id)
  WHERE was.case_is_open <> facts.case_is_open
  UNION ALL
  SELECT facts.case_id, 'payment', NULL, facts.last_payment_cents
  FROM facts.case_facts AS facts
  JOIN was USING (case_id)
  WHERE facts.last_payment_receipt_id IS DISTINCT FROM was.last_payment_receipt_id
    AND facts.last_payment_on >= was.last_payment_on
)
SELECT
  party.case_id,
  party.person_id,
  party.role,
  changed.alert,
  changed.was_cents,
  changed.is_cents
FROM portal.party AS party
JOIN changed ON changed.case_id = party.case_id
ORDER BY party.case_id, party.role, changed.alert
