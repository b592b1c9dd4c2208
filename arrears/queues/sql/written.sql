-- One row: the records of a file with their amounts, acts and cents, and those that became unfit since they were frozen.
SELECT
  count(l)                                                      AS records,
  coalesce(sum(amount_cents) FILTER (l IS NOT NULL), 0)         AS amount_cents,
  coalesce(sum(len(action_ids)) FILTER (l IS NOT NULL), 0)      AS acts,
  coalesce(sum(acts_cents) FILTER (l IS NOT NULL), 0)           AS acts_cents,
  coalesce(list({'action_ids': action_ids, 'field': fault_field, 'reason': fault_reason} ORDER BY record_no)
    FILTER (l IS NULL), [])                                     AS not_sent
FROM detail_text
