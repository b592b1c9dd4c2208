-- One row per case with unpaid installments: how much of them is so old that a defense of time may stand. Each
-- installment is marked, never the whole balance; it is a flag and takes nothing away. Of two states' times the
-- longer one counts; where the other state's is not known, nobody can say. A presumption of payment is not for
-- debt from a time of assistance.
WITH
elsewhere AS (
  SELECT
    orders.case_id,
    list_filter($years_of_states, one -> starts_with(one, orders.issuing_state || ':'))[1] AS told
  FROM facts.order_state AS orders
  WHERE orders.issued_by IN ('other_state', 'tribe', 'other_country')
),
limits AS (
  SELECT
    case_id,
    bool_or(told IS NULL)                                                     AS is_unknown,
    bool_or(string_split(told, ':')[-1] = 'none')                            AS has_none,
    max(try_cast(string_split(told, ':')[-1] AS INTEGER))                    AS years
  FROM elsewhere
  GROUP BY case_id
),
old AS (
  SELECT
    installment.case_id,
    installment.due_on,
    installment.unpaid_cents,
    'caseload.charges@' || charge.source_file || ':' || charge.source_line     AS src,
    coalesce(limits.is_unknown, false)                                        AS is_unknown,
    CAST($limitation_years AS INTEGER) IS NULL
      AND (known.assistance_spells IS FALSE AND cases.case_class <> 'never_assistance') AS class_is_unknown,
    CAST($limitation_years AS INTEGER) IS NULL AND assistance.case_id IS NOT NULL
      AND coalesce(installment.due_on + to_years(CAST($assigned_years AS INTEGER)) > $as_of, true) AS is_assistance_debt
  FROM facts.installment AS installment
  JOIN caseload.cases AS cases USING (case_id)
  JOIN facts.known_case AS known USING (case_id)
  LEFT JOIN facts.charge AS charge
    ON charge.case_id = installment.case_id AND charge.charge_id = installment.charge_id
  LEFT JOIN limits ON limits.case_id = installment.case_id
  LEFT JOIN caseload.assistance_spells AS assistance
    ON assistance.case_id = installment.case_id AND installment.due_on >= assistance.from_on
      AND installment.due_on <= coalesce(assistance.to_on, installment.due_on)
  WHERE installment.unpaid_cents > 0 AND limits.has_none IS NOT TRUE
    AND installment.due_on + to_years(greatest(
      CAST(coalesce($limitation_years, $presumption_years) AS INTEGER),
      CASE WHEN starts_with($limitation_choice, 'longer') THEN limits.years END)) <= $as_of
    AND coalesce($limitation_years, $presumption_years) IS NOT NULL
)
SELECT
  case_id,
  CASE WHEN NOT bool_or((is_unknown OR class_is_unknown) AND NOT is_assistance_debt)
    THEN CAST(coalesce(sum(unpaid_cents) FILTER (NOT is_assistance_debt), 0) AS BIGINT) END AS time_barred_cents,
  min(due_on) FILTER (NOT is_assistance_debt)                                 AS time_barred_since_on,
  arg_min(src, due_on)                                                        AS time_barred_src
FROM old
GROUP BY case_id
