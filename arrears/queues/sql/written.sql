-- The detail lines of a file in order, each with what its record comes to; of one that became unfit since it was frozen,
-- no line, but its acts and why.
SELECT
  l || $newline                                        AS line,
  amount_cents,
  len(action_ids)                                      AS acts,
  acts_cents,
  CASE WHEN l IS NULL THEN action_ids END              AS action_ids,
  CASE WHEN l IS NULL THEN fault_field END             AS fault_field,
  CASE WHEN l IS NULL THEN fault_reason END            AS fault_reason
FROM detail_text
ORDER BY record_no
