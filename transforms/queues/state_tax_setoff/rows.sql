-- One row per parent: the liquidated debt that the set-off agency may take from their refund.
WITH
heard AS (
  -- The account number under which the debt was certified: it names the office that had the case then.
  SELECT
    subject_id,
    arg_max(
      TRY_CAST(carry AS JSON) ->> 'account_id_number',
      (published_on, coalesce(batch_no, 0)))                        AS account_id_number
  FROM published
  WHERE queue = 'state_tax_setoff'
    AND (TRY_CAST(carry AS JSON) ->> 'account_id_number') IS NOT NULL
  GROUP BY subject_id
),
debt AS (
  SELECT
    item.*,
    -- A debt that fell to nothing, such as one that is disputed, is a claim withdrawn.
    item.message = 'withdraw' OR (item.message = 'change' AND item.amount_cents = 0) AS is_withdrawal,
    CASE
      WHEN item.message <> 'certify' AND heard.account_id_number IS NOT NULL THEN heard.account_id_number
      ELSE item.office || item.person_id
    END                                                             AS account_id_number
  FROM item
  LEFT JOIN heard USING (subject_id)
)
SELECT
  partner.agency_account_number,
  partner.debtor_id_code,
  plain(person.first_name)                                          AS first_name,
  substr(plain(person.middle_name), 1, 1)                           AS middle_initial,
  plain(person.last_name)                                           AS last_name,
  partner.account_id_code,
  debt.account_id_number,
  partner.debt_code,
  partner.debt_description,
  CASE WHEN debt.is_withdrawal THEN 0 ELSE debt.amount_cents END    AS debt_amount,
  person.person_token,
  [debt.action_id]                                                  AS action_ids,
  debt.amount_cents,
  debt.is_withdrawal,
  CAST(to_json({
    'certified_cents': CASE WHEN debt.is_withdrawal THEN 0 ELSE debt.amount_cents END,
    'account_id_number': debt.account_id_number
  }) AS VARCHAR)                                                    AS carry
FROM debt
JOIN known_persons AS person USING (person_id)
CROSS JOIN partner
ORDER BY account_id_number, debt_code
