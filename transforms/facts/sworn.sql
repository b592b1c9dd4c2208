-- One row per case with debt from before the application: how much of it no accepted affidavit of arrears covers. A
-- family that got assistance when the case was opened applied for nothing, and swears to nothing.
WITH
early AS (
  SELECT
    cases.case_id,
    coalesce(sum(installment.unpaid_cents) FILTER (installment.due_on < cases.opened_on), 0)
      + CASE WHEN any_value(terms.first_due_on) < any_value(cases.opened_on)
        THEN greatest(least(any_value(balances.opening_cents),
          any_value(balances.past_due_cents) - coalesce(sum(installment.unpaid_cents), 0)), 0)
        ELSE 0 END                                                            AS cents
  FROM caseload.cases AS cases
  JOIN facts.balances AS balances ON balances.case_id = cases.case_id AND balances.past_due_cents > 0
  LEFT JOIN facts.order_terms AS terms ON terms.case_id = cases.case_id
  LEFT JOIN facts.installment AS installment ON installment.case_id = cases.case_id
  ANTI JOIN caseload.assistance_spells AS assistance
    ON assistance.case_id = cases.case_id AND assistance.from_on <= cases.opened_on
      AND coalesce(assistance.to_on >= cases.opened_on, true)
  WHERE CAST($affidavit_required AS BOOLEAN) AND cases.case_class <> 'current_assistance'
  GROUP BY cases.case_id
),
sworn AS (
  SELECT
    case_id,
    CASE WHEN bool_and(debt_cents IS NOT NULL) THEN sum(debt_cents) END       AS cents,
    string_agg('caseload.affidavits@' || source_file || ':' || source_line, ';' ORDER BY source_file, source_line)
                                                                              AS src
  FROM caseload.affidavits
  WHERE accepted_on <= $as_of
  GROUP BY case_id
)
SELECT
  early.case_id,
  CAST(early.cents AS BIGINT)                                                 AS before_application_cents,
  CAST(CASE
    WHEN NOT known.affidavits THEN NULL
    WHEN sworn.case_id IS NULL THEN early.cents
    WHEN sworn.cents IS NULL THEN NULL
    ELSE greatest(early.cents - sworn.cents, 0)
  END AS BIGINT)                                                              AS unsworn_cents,
  sworn.src                                                                   AS affidavit_src
FROM early
JOIN facts.known_case AS known USING (case_id)
LEFT JOIN sworn USING (case_id)
WHERE early.cents > 0
