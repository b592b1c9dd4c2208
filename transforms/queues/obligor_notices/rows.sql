-- One row per notice: who is told what they owe, and by when they may ask to be heard.
SELECT
  'D'                                           AS record_type,
  notice.notice_kind,
  item.action_id                                AS reference,
  $as_of                                        AS notice_on,
  item.case_id,
  item.person_id,
  item.office,
  trim(person.last_name)                        AS last_name,
  trim(person.first_name)                       AS first_name,
  trim(person.middle_name)                      AS middle_name,
  trim(person.suffix)                           AS suffix,
  trim(address.line_1)                          AS address_line_1,
  trim(address.line_2)                          AS address_line_2,
  trim(address.city)                            AS city,
  address.state,
  address.zip,
  CASE notice.states_debt WHEN 'Y' THEN coalesce(item.amount_cents, 0) ELSE 0 END AS amount,
  CASE notice.notice_kind
    WHEN 'notice_of_debt' THEN $debt_challenge_days
    WHEN 'license_revocation' THEN $license_hearing_days
    WHEN 'federal_offset' THEN $offset_contest_days
    WHEN 'state_offset' THEN $state_contest_days
    WHEN 'license_suspension' THEN $license_hearing_days
    WHEN 'credit_reporting' THEN $credit_contest_days
    WHEN 'bank_levy' THEN $levy_answer_days
    WHEN 'lien' THEN $lien_hearing_days
    WHEN 'review_forms' THEN $forms_back_days
  END                                           AS respond_days,
  notice.respond_from,
  notice.hearing_text,
  CASE notice.notice_kind WHEN 'notice_of_debt' THEN $payment_demand_days END AS pay_days,
  -- One notice of debt stands for those of the lien, the levy and the credit report.
  CASE notice.notice_kind
    WHEN 'notice_of_debt' THEN CASE WHEN $warns_of_credit THEN 'LIEN SEIZURE CREDIT' ELSE 'LIEN SEIZURE' END
    WHEN 'annual_statement' THEN 'SEIZURE SALE'
    WHEN 'license_revocation' THEN 'LICENSE'
    WHEN 'license_suspension' THEN 'LICENSE'
    WHEN 'credit_reporting' THEN 'CREDIT'
  END                                           AS warns_of,
  CASE WHEN notice.notice_kind = 'notice_of_debt' THEN fact.children_names END AS children,
  -- Whoever is to say that money or property is exempt, or another's, must know which.
  CASE notice.notice_kind
    WHEN 'bank_levy' THEN account.institution_name || ', account ending ' || account.account_last4
    WHEN 'lien' THEN concat_ws(', ', asset.asset_description, asset.asset_place)
  END                                           AS about,
  address.is_withheld                           AS location_is_withheld,
  [item.action_id]                              AS action_ids,
  CASE notice.states_debt WHEN 'Y' THEN coalesce(item.amount_cents, 0) ELSE 0 END AS amount_cents,
  false                                         AS is_withdrawal,
  CAST(to_json({'notice_on': $as_of, 'debt_cents': item.amount_cents}) AS VARCHAR) AS carry
FROM item
JOIN notice ON notice.notice_kind = item.message
JOIN known_persons AS person USING (person_id)
JOIN address USING (person_id)
LEFT JOIN facts.account_facts AS account ON account.subject_id = item.subject_id
LEFT JOIN facts.asset_facts AS asset ON asset.subject_id = item.subject_id
LEFT JOIN facts.notice_facts AS fact ON fact.case_id = item.case_id
ORDER BY reference
