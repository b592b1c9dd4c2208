-- One row per letter: the parent of the case who has custody, and what the letter must say. Whoever the act is about
-- is not read: the reader is always the custodial parent.
WITH
stated_ground AS (
  -- The letter that confirms closing gives the reason of the one before it.
  SELECT
    subject_id,
    arg_max(TRY_CAST(carry AS JSON) ->> 'closing_ground', (published_on, coalesce(batch_no, 0))) AS closing_ground
  FROM published
  WHERE queue = 'custodial_notices' AND message = 'closure_60_days'
  GROUP BY subject_id
),
said AS (
  SELECT
    item.*,
    fact.case_closed_on,
    CASE
      WHEN item.message IN ('closure_60_days', 'closure_done')
        THEN coalesce(CASE WHEN item.message = 'closure_done' THEN stated_ground.closing_ground END, fact.closing_ground)
    END                                         AS closing_ground,
    CASE WHEN item.message = 'overpayment' THEN money.overpayment_ids END AS overpayments,
    CASE
      WHEN item.message <> 'overpayment' THEN NULL
      WHEN money.overpayment_causes LIKE '%,%' THEN 'several'
      ELSE money.overpayment_causes
    END                                         AS overpaid_for
  FROM item
  LEFT JOIN facts.life_facts AS fact ON fact.case_id = item.case_id
  LEFT JOIN facts.money_facts AS money ON money.case_id = item.case_id
  LEFT JOIN stated_ground ON stated_ground.subject_id = item.subject_id
)
SELECT
  'D'                                           AS record_type,
  letter.letter_kind,
  item.action_id                                AS reference,
  $as_of                                        AS letter_on,
  item.case_id,
  reader.person_id,
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
  CASE letter.states_amount WHEN 'Y' THEN coalesce(item.amount_cents, 0) ELSE 0 END AS amount,
  CASE letter.letter_kind
    WHEN 'closure_60_days' THEN $closure_notice_days
    WHEN 'review_forms' THEN $forms_back_days
    WHEN 'overpayment' THEN $recoup_answer_days
  END                                           AS respond_days,
  letter.letter_text,
  reason.reason_text                            AS reason,
  CASE letter.says_share WHEN 'Y' THEN CAST($recoup_percent AS VARCHAR) END AS share_percent,
  CASE letter.letter_kind
    WHEN 'closure_60_days' THEN $as_of + CAST($closure_notice_days AS INTEGER)
    WHEN 'closure_done' THEN item.case_closed_on
    WHEN 'annual_fee' THEN $as_of + CAST($fee_notice_days AS INTEGER)
    WHEN 'overpayment' THEN $as_of + CAST($recoup_answer_days AS INTEGER)
  END                                           AS effective_on,
  address.is_withheld                           AS location_is_withheld,
  [item.action_id]                              AS action_ids,
  coalesce(item.amount_cents, 0)                AS amount_cents,
  false                                         AS is_withdrawal,
  CASE letter.letter_kind
    WHEN 'overpayment' THEN CAST(to_json({'letter_on': $as_of, 'overpayments': item.overpayments}) AS VARCHAR)
    ELSE CAST(to_json({'letter_on': $as_of, 'closing_ground': item.closing_ground}) AS VARCHAR)
  END                                           AS carry
FROM said AS item
JOIN letter ON letter.letter_kind = item.message
LEFT JOIN reason ON reason.ground = coalesce(item.closing_ground, item.overpaid_for)
JOIN facts.custodial_parents AS reader ON reader.case_id = item.case_id
JOIN known_persons AS person ON person.person_id = reader.person_id
JOIN address ON address.person_id = reader.person_id
ORDER BY reference
