-- One row per answer that cannot be understood; the first true column is the reason it is set aside.
SELECT
  'answer' AS record,
  source_line,
  disposition_status NOT IN ('A', 'R', 'L', 'S', 'T')
    AS "a status that the layout does not know",
  action_code <> 'EMP' AND document_tracking_number IS NULL
    AS "an answer without the tracking number of its order",
  coalesce(action_code <> 'EMP' AND disposition_status = 'A' AND disposition_reason NOT IN ('B', 'S', 'W'), false)
    AS "accepted, and a reason to reject beside it"
FROM answer
