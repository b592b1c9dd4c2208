-- One row per entry: a fee, the interest and penalty of a month, or what of a month passes through, whole each time.
SELECT
  'D'                                           AS record_type,
  entry.entry_kind,
  item.action_id                                AS reference,
  $as_of                                        AS entry_on,
  item.case_id,
  coalesce(charge.month_ends_on, fee.fiscal_year_ends_on, month.month_ends_on) AS period_ends_on,
  item.amount_cents                             AS amount,
  coalesce(charge.interest_cents, 0)            AS interest_amount,
  coalesce(charge.penalty_cents, 0)             AS penalty_amount,
  [item.action_id]                              AS action_ids,
  item.amount_cents,
  false                                         AS is_withdrawal,
  CAST(to_json({'entry_on': $as_of, 'amount_cents': item.amount_cents}) AS VARCHAR) AS carry
FROM item
JOIN entry ON entry.message = item.message
LEFT JOIN facts.interest_facts AS charge ON charge.subject_id = item.subject_id AND item.message = 'interest'
LEFT JOIN facts.fee_facts AS fee ON fee.subject_id = item.subject_id AND item.message = 'annual_fee'
LEFT JOIN facts.pass_through_facts AS month ON month.subject_id = item.subject_id AND item.message = 'pass_through'
ORDER BY reference
