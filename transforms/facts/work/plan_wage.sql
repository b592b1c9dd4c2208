-- One row per case and payor, or benefit: the pay that the order itself speaks of. What an order asks for does not hang on
-- what the parent earns: the payor keeps to the limit, whose percentage the order tells the payor.
SELECT
  subject.subject_id                                                     AS wage_id,
  subject.subject_id                                                     AS person_id,
  terms.frequency                                                        AS pay_frequency,
  CAST(NULL AS DATE)                                                     AS workweek_begins_on,
  CAST(NULL AS BIGINT)                                                   AS disposable_cents,
  CAST(NULL AS BIGINT)                                                   AS gross_cents,
  CAST(NULL AS BIGINT)                                                   AS required_deductions_cents,
  household.has_second_family                                            AS supports_second_family,
  CAST(NULL AS BIGINT)                                                   AS premium_cents,
  CAST(NULL AS BIGINT)                                                   AS fee_taken_cents,
  CAST(NULL AS BIGINT)                                                   AS garnished_before_cents
FROM facts.plan_subjects AS subject
JOIN facts.withholding_terms AS terms USING (case_id)
LEFT JOIN caseload.households AS household ON household.person_id = subject.person_id
WHERE terms.frequency IS NOT NULL
