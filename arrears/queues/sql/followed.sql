-- The text of each record with the lines that follow it; where one of those cannot be written, none of it, and why.
SELECT main_text.* REPLACE (
  CASE WHEN more.fault_reason IS NULL THEN main_text.l || coalesce(more.l, '') END AS l,
  coalesce(main_text.fault_field, more.fault_field)                           AS fault_field,
  coalesce(main_text.fault_reason, more.fault_reason)                         AS fault_reason)
FROM main_text
LEFT JOIN (
  SELECT
    record_no,
    string_agg(l, '' ORDER BY place, nth, own_nth)                            AS l,
    arg_min(kind || '.' || fault_field, (place, nth, own_nth)) FILTER (fault_reason IS NOT NULL) AS fault_field,
    arg_min(fault_reason, (place, nth, own_nth)) FILTER (fault_reason IS NOT NULL) AS fault_reason
  FROM follow_line
  GROUP BY record_no
) AS more USING (record_no)
ORDER BY record_no
