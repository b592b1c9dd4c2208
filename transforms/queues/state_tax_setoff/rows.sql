-- One row per parent: the liquidated debt that the set-off agency may take from his refund.
SELECT
  partner.agency_account_number,
  partner.debtor_id_code,
  plain(person.first_name)                                          AS first_name,
  substr(plain(person.middle_name), 1, 1)                           AS middle_initial,
  plain(person.last_name)                                           AS last_name,
  partner.account_id_code,
  item.office || item.person_id                                     AS account_id_number,
  partner.debt_code,
  partner.debt_description,
  CASE WHEN item.message = 'withdraw' THEN 0 ELSE item.amount_cents END AS debt_amount,
  person.person_token,
  [item.action_id]                                                  AS action_ids,
  item.amount_cents,
  item.message = 'withdraw'                                         AS is_withdrawal,
  CAST(to_json({
    'certified_cents': CASE WHEN item.message = 'withdraw' THEN 0 ELSE item.amount_cents END,
    'account_id_number': item.office || item.person_id
  }) AS VARCHAR)                                                    AS carry
FROM item
JOIN caseload.persons AS person USING (person_id)
CROSS JOIN partner
ORDER BY account_id_number, debt_code
