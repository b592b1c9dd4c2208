-- One row per case and payor, or benefit: what the case's orders ask for per installment, and the arrears that may be withheld.
SELECT
  subject.subject_id                                                     AS wage_id,
  subject.case_id                                                        AS order_id,
  subject.case_id,
  terms.ordered_on,
  terms.frequency,
  terms.current_cents,
  terms.face_cents                                                       AS former_current_cents,
  terms.arrears_cents,
  fact.enforceable_cents                                                 AS past_due_cents,
  fact.oldest_unpaid_due_on                                              AS oldest_unpaid_on,
  CAST(NULL AS BIGINT)                                                   AS older_past_due_cents
FROM facts.plan_subjects AS subject
JOIN facts.withholding_terms AS terms USING (case_id)
JOIN facts.case_facts AS fact USING (case_id)
WHERE terms.frequency IS NOT NULL
