-- One row per intercepted receipt that may not be paid out yet: by the agency's own day, by a payment that it put on
-- hold, or by a hold that the partner's file, or what the agency entered of it, still asks for.
WITH
money AS (
  SELECT
    receipts.receipt_id,
    cases.obligor_id                                                              AS person_id,
    receipts.amount_cents,
    receipts.received_on,
    intercepts.kind,
    row_number() OVER (PARTITION BY cases.obligor_id, receipts.amount_cents, intercepts.kind
      ORDER BY receipts.received_on, receipts.receipt_id)                         AS of_equals
  FROM caseload.receipts AS receipts
  JOIN caseload.cases AS cases USING (case_id)
  JOIN caseload.intercepts AS intercepts USING (receipt_id)
  WHERE receipts.amount_cents > 0 AND intercepts.kind IN ('federal_refund', 'state_refund')
),
-- A file names no receipt: the refunds of a person are told apart by kind and amount, in the order in which they came.
told AS (
  SELECT
    person_id,
    collected_cents                                                               AS amount_cents,
    CASE money_kind WHEN 'STATE' THEN 'state_refund' ELSE 'federal_refund' END    AS kind,
    is_held AND NOT hold_is_over                                                  AS is_held,
    holds_until_on,
    row_number() OVER (PARTITION BY person_id, collected_cents, money_kind = 'STATE'
      ORDER BY received_on, subject_id)                                           AS of_equals
  FROM facts.offset_money
  WHERE collected_cents > 0 AND money_kind IN ('TAX', 'STATE')
),
every AS (
  SELECT receipt_id, hold_until_on AS until_on
  FROM caseload.intercepts
  WHERE hold_until_on > $as_of
  UNION ALL
  SELECT receipt_id, NULL
  FROM caseload.disbursements
  WHERE status = 'on_hold' AND receipt_id IS NOT NULL AND coalesce(disbursed_on <= $as_of, true)
  UNION ALL
  SELECT money.receipt_id, told.holds_until_on
  FROM money
  JOIN told USING (person_id, amount_cents, kind, of_equals)
  WHERE told.is_held
)
SELECT
  receipt_id,
  max(until_on)                                                                   AS held_until_on
FROM every
GROUP BY receipt_id
