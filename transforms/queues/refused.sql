-- One row per record that may not leave: the field where one is at fault, and the first reason.
SELECT
  record_no,
  unfit.action_ids,
  CASE WHEN stopped.reason IS NULL THEN unfit.fault_field END         AS field,
  coalesce(stopped.reason, unfit.fault_reason, edit.reason)           AS reason
FROM unfit
LEFT JOIN stopped USING (record_no)
LEFT JOIN edit USING (record_no)
WHERE coalesce(stopped.reason, unfit.fault_reason, edit.reason) IS NOT NULL
