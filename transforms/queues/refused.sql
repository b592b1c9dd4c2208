-- One row per record that may not leave: the field where one is at fault, and the first reason. `unfit` is what the layout
-- says of each record, `edit` the first of the partner's edits that is not certainly kept.
SELECT
  record_no,
  action_ids,
  CASE WHEN unfit.stop_reason IS NULL THEN unfit.fault_field END         AS field,
  coalesce(unfit.stop_reason, unfit.fault_reason, edit.reason)           AS reason
FROM unfit
LEFT JOIN edit USING (record_no)
WHERE coalesce(unfit.stop_reason, unfit.fault_reason, edit.reason) IS NOT NULL
