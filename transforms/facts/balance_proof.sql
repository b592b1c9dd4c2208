-- The caseload's sums, proven: each line says two ways to count the same cents, and whether they agree. The last ones
-- compare the agency's books with ours, where a difference is a balance in doubt and no fault of a transform.
WITH
told AS (
  SELECT
    'charges are asked for, lowered or phantom'                   AS what,
    true                                                          AS is_identity,
    (SELECT sum(amount_cents) FROM caseload.charges WHERE due_on <= $as_of) AS left_cents,
    (SELECT sum(amount_cents + phantom_cents + lowered_cents) FROM facts.charge) AS right_cents
  UNION ALL
  SELECT
    'receipts are kept or taken back',
    true,
    (SELECT sum(amount_cents) FROM caseload.receipts WHERE received_on <= $as_of),
    (SELECT sum(net_cents) FROM facts.receipt)
  UNION ALL
  SELECT
    'classes of debt sum to past due',
    true,
    (SELECT sum(past_due_cents) FROM caseload.balances),
    (SELECT sum(past_due_cents) FROM facts.balances)
  UNION ALL
  SELECT
    'each case''s classes sum to its past due',
    true,
    0,
    (SELECT count(*) FROM facts.balances AS balances JOIN facts.classes AS classes USING (case_id)
      WHERE pre_assistance_cents + during_assistance_cents + post_assistance_cents + conditionally_assigned_cents
        + never_assigned_cents <> past_due_cents)
  UNION ALL
  SELECT
    'assigned and unassigned debt sum to past due',
    true,
    (SELECT sum(past_due_cents) FROM facts.balances WHERE assigned_cents IS NOT NULL),
    (SELECT sum(assigned_cents + unassigned_cents) FROM facts.balances)
  UNION ALL
  SELECT
    'installments are no more than what was asked for',
    true,
    0,
    (SELECT count(*) FROM facts.installment WHERE unpaid_cents > amount_cents OR unpaid_cents < 0)
  UNION ALL
  SELECT
    'the agency''s past due and the recomputed one',
    false,
    (SELECT sum(past_due_cents) FROM facts.balances WHERE recomputed_past_due_cents IS NOT NULL),
    (SELECT sum(recomputed_past_due_cents) FROM facts.balances)
  UNION ALL
  SELECT
    'the agency''s classes and the recomputed ones',
    false,
    (SELECT sum(agency_cents) FROM facts.class_parts),
    (SELECT sum(recomputed_cents) FROM facts.class_parts)
)
SELECT
  what,
  is_identity,
  CAST(coalesce(left_cents, 0) AS BIGINT)                         AS left_cents,
  CAST(coalesce(right_cents, 0) AS BIGINT)                        AS right_cents,
  coalesce(left_cents, 0) = coalesce(right_cents, 0)              AS agrees
FROM told
